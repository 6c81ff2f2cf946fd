/** The host's time. Replaced in tests. */
export interface HostClock {
  /** Epoch milliseconds. */
  nowMs(): number;
  /** Resolves at `atMs`, or as soon as the signal is aborted. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
}

/** Timers count no time while a machine sleeps: long waits look at the wall clock this often. */
const longestTimerMs = 30_000;

export const systemClock: HostClock = {
  nowMs: () => Date.now(),
  sleepUntil: async (atMs, signal) => {
    while (!signal.aborted && Date.now() < atMs) await wait(Math.min(atMs - Date.now(), longestTimerMs), signal);
  },
};

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener('abort', finish);
  });
}
