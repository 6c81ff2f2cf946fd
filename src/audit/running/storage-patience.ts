import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';

const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/**
 * Does something with storage, again and again while storage is down: what was paid for is held until it can be kept.
 * After `untilMs` (epoch ms) it throws what storage threw. The work must bear to be done twice.
 */
export async function withPatience<T>(
  work: () => Promise<T>,
  { clock, untilMs }: { readonly clock: Clock; readonly untilMs: number },
): Promise<T> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, 2 * pauseMs)) {
    try {
      return await work();
    } catch (error) {
      const isDown = error instanceof AuditorError && error.code === 'storage-unavailable';
      if (!isDown || clock.nowMs() + pauseMs > untilMs) throw error;
    }
    await clock.sleepUntil(clock.nowMs() + pauseMs);
  }
}
