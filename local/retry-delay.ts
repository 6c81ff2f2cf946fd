import type { RetryOptions } from './worker/messages';

/** How long to wait before the n-th retry (1 = the first); milliseconds. */
export function retryDelayMs(retry: RetryOptions, attempt: number): number {
  if (retry.retryStrategy === 'fixedDelay') return (retry.delayInterval?.seconds ?? 0) * 1000;
  const minimum = retry.minimumInterval?.seconds ?? 1;
  const maximum = retry.maximumInterval?.seconds ?? minimum;
  return Math.min(minimum * 2 ** (attempt - 1), maximum) * 1000;
}
