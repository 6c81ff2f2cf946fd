import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../src/probe/clock';

/** Chaos takes minutes of an auditor's time; its processes agree on a time that runs so much faster. */
export const speed = 12;

/** Real time since `baseMs`, sped up: the same in every process that is given the same base. */
export function fastClock(baseMs: number): Clock {
  const nowMs = () => baseMs + (Date.now() - baseMs) * speed;
  return {
    nowMs,
    async sleepUntil(atMs, signal) {
      while (nowMs() < atMs) {
        await sleep(Math.max(1, Math.ceil((atMs - nowMs()) / speed)), undefined, signal ? { signal } : {});
      }
      signal?.throwIfAborted();
    },
  };
}
