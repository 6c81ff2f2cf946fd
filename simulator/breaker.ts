import type { BreakerConfig } from './pool-config';

/** One backend's circuit breaker in one gateway instance. Times are epoch milliseconds. */
export interface Breaker {
  isOpen(nowMs: number): boolean;
  /** Takes note of an answer; true where it tripped the breaker. */
  record(nowMs: number, answer: { readonly status: number; readonly retryAfterMs: number | null }): boolean;
}

export const neverOpen: Breaker = { isOpen: () => false, record: () => false };

/**
 * Trips when failures within the interval reach the count (or the share of the calls), stays open for the trip
 * duration or the backend's Retry-After, then traffic resumes at once: no half-open state is documented. Whether the
 * interval slides is not documented either; here it does.
 */
export function createBreaker(config: BreakerConfig, { resets }: { readonly resets: boolean }): Breaker {
  let calls: readonly { readonly atMs: number; readonly failed: boolean }[] = [];
  let openUntilMs = Number.NEGATIVE_INFINITY;
  return {
    isOpen: (nowMs) => nowMs < openUntilMs,
    record(nowMs, { status, retryAfterMs }) {
      const failed = config.statuses.some(({ min, max }) => status >= min && status <= max);
      if (!failed && config.percentage === undefined) return false;
      calls = [...calls.filter((call) => call.atMs > nowMs - config.interval), { atMs: nowMs, failed }];
      const failures = calls.filter((call) => call.failed).length;
      const trips =
        config.percentage === undefined
          ? failures >= (config.failures ?? 1)
          : (failures / calls.length) * 100 >= config.percentage;
      if (!failed || !trips) return false;
      const openMs = config.acceptRetryAfter ? (retryAfterMs ?? config.tripDuration) : config.tripDuration;
      openUntilMs = resets ? nowMs + openMs : Number.POSITIVE_INFINITY;
      calls = [];
      return true;
    },
  };
}
