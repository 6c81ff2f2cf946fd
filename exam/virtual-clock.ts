import type { Clock } from '../src/probe/clock';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * A clock whose time passes only in sleep: when nothing else can run, the earliest sleeper's moment becomes now. So an
 * audit of minutes takes microseconds, and runs the same each time. Sleepers of one moment wake in the order in which
 * they went to sleep. While `isStill` says no (something real is under way: bytes on a connection), time stands still.
 */
export function virtualClock(startMs = Date.UTC(2026, 0, 5, 12), isStill = () => true): Clock {
  let nowMs = startMs;
  let sleepers: readonly Sleeper[] = [];
  let isTicking = false;

  function tick(): void {
    if (!isStill()) {
      setImmediate(tick);
      return;
    }
    const next = sleepers.toSorted((a, b) => a.atMs - b.atMs)[0];
    isTicking = next !== undefined;
    if (next === undefined) return;
    sleepers = sleepers.filter((sleeper) => sleeper !== next);
    nowMs = Math.max(nowMs, next.atMs);
    next.wake();
    setImmediate(tick);
  }

  return {
    nowMs: () => nowMs,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper: Sleeper = { atMs, wake: () => resolve() };
        sleepers = [...sleepers, sleeper];
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          reject(signal.reason);
        });
        if (!isTicking) setImmediate(tick);
        isTicking = true;
      }),
  };
}
