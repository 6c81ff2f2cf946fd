import type { HostClock } from '../../local/host-clock';

export interface ManualClock extends HostClock {
  /** Moves time on, waking who slept until then, one after another in the order of their times. */
  advanceTo(atMs: number): Promise<void>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** A clock that stands still until it is told otherwise. */
export function createManualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  const sleepers = new Set<Sleeper>();
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
  return {
    nowMs: () => nowMs,
    sleepUntil: (atMs, signal) =>
      new Promise((resolve) => {
        if (signal.aborted || atMs <= nowMs) return resolve();
        const wake = (): void => {
          sleepers.delete(sleeper);
          resolve();
        };
        const sleeper = { atMs, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', wake);
      }),
    advanceTo: async (atMs) => {
      await settle();
      while (true) {
        const [next] = [...sleepers].filter((sleeper) => sleeper.atMs <= atMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        nowMs = Math.max(nowMs, next.atMs);
        next.wake();
        await settle();
      }
      nowMs = Math.max(nowMs, atMs);
    },
  };
}
