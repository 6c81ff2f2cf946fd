import type { Clock } from '../probe/clock';

/** Node's timers fire at once for anything longer than this. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The machine's time at start plus a monotonic count, so that a corrected system clock never moves it backwards. To
 * a tenth of a millisecond: more digits would only make evidence larger.
 */
export const systemClock: Clock = {
  nowMs: () => Math.round((performance.timeOrigin + performance.now()) * 10) / 10,
  sleepUntil,
};

function sleepUntil(atMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout;
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const waitOn = () => {
      const leftMs = atMs - systemClock.nowMs();
      if (leftMs > 0) {
        timer = setTimeout(waitOn, Math.min(Math.ceil(leftMs), longestTimerMs));
        return;
      }
      signal?.removeEventListener('abort', onAbort);
      resolve();
    };
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    signal?.addEventListener('abort', onAbort, { once: true });
    waitOn();
  });
}
