import { nextOccurrence, validateNcrontab } from '../../src/audit/planning/schedule';
import { AuditorError } from '../../src/auditor-error';

/** A timer's schedule: the platform's NCRONTAB, UTC. */
export interface TimerSchedule {
  readonly text: string;
  /** First occurrence after `afterMs` (epoch ms), or null where there is none. */
  nextMs(afterMs: number): number | null;
  /** The shortest of ten intervals in a row. */
  readonly shortestIntervalMs: number;
}

/** Throws `config-invalid` for what the platform refuses, and for TimeSpans, which run on dedicated plans only. */
export function parseSchedule(text: string): TimerSchedule {
  const problem = /^[\d.]*\d+:\d+/.test(text.trim())
    ? 'a TimeSpan runs on dedicated plans only; write it as NCRONTAB'
    : validateNcrontab(text);
  if (problem) throw new AuditorError('config-invalid', `Schedule "${text}" can not be used: ${problem}.`);
  const nextMs = (afterMs: number): number | null => nextOccurrence(text, afterMs);
  return { text, nextMs, shortestIntervalMs: shortestInterval(nextMs) };
}

function shortestInterval(nextMs: (afterMs: number) => number | null): number {
  let shortest = Number.POSITIVE_INFINITY;
  let previous = nextMs(0);
  for (let count = 0; count < 10 && previous !== null; count += 1) {
    const next = nextMs(previous);
    if (next !== null) shortest = Math.min(shortest, next - previous);
    previous = next;
  }
  return shortest;
}
