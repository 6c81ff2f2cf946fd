import type { TimelineEntry } from '../report';
import type { Outcome } from './outcomes';

/** So much of a timeline is kept; a pool that flaps more often is no longer readable anyway. */
const mostEntries = 200;

interface Run {
  readonly names: readonly string[];
  readonly priority: number | null;
  readonly status: number | null;
  readonly fromMs: number;
  readonly toMs: number;
  readonly probes: number;
}

/** Like probes in a row as one entry: same status and same backend, or members of one priority taking turns. */
export function compressTimeline(outcomes: readonly Outcome[]): readonly TimelineEntry[] {
  const runs: Run[] = [];
  for (const outcome of outcomes) {
    const run = toRun(outcome);
    const last = runs.at(-1);
    if (last !== undefined && isAlike(last, run)) runs[runs.length - 1] = join(last, run);
    else runs.push(run);
  }
  return runs.slice(0, mostEntries).map(({ names, status, fromMs, toMs, probes }) => ({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    backend: names.length === 0 ? null : names.join(' + '),
    status,
    probes,
  }));
}

function toRun({ exchange, group }: Outcome): Run {
  const { backend, status, sentMs, receivedMs } = exchange;
  const name = group?.answersAs ?? backend;
  return {
    names: name === null ? [] : [name],
    priority: group?.priority ?? null,
    status,
    fromMs: sentMs,
    toMs: receivedMs,
    probes: 1,
  };
}

function isAlike(last: Run, next: Run): boolean {
  if (last.status !== next.status) return false;
  const sameNames = next.names.length === 0 ? last.names.length === 0 : next.names.every((n) => last.names.includes(n));
  const takesTurns = next.status === 200 && last.priority !== null && last.priority === next.priority;
  return sameNames || takesTurns;
}

function join(last: Run, next: Run): Run {
  return {
    ...last,
    names: [...new Set([...last.names, ...next.names])],
    toMs: Math.max(last.toMs, next.toMs),
    probes: last.probes + next.probes,
  };
}
