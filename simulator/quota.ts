export const quotaPeriods = ['Hourly', 'Daily', 'Weekly', 'Monthly', 'Yearly'] as const;
export type QuotaPeriod = (typeof quotaPeriods)[number];

/** A token quota over fixed UTC periods. Times are epoch milliseconds. */
export interface Quota {
  decide(nowMs: number, estimatedPromptTokens?: number): QuotaDecision;
  charge(nowMs: number, tokens: number): void;
  remaining(nowMs: number): number;
}

/** `exceeded`: spent already; `would-exceed`: an estimate says that this prompt would. */
export type QuotaDecision =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly why: 'exceeded' | 'would-exceed'; readonly retryAfterSeconds: number };

export function createQuota(tokens: number, period: QuotaPeriod): Quota {
  let endsMs = Number.NEGATIVE_INFINITY;
  let used = 0;
  const turn = (nowMs: number) => {
    if (nowMs < endsMs) return;
    endsMs = quotaPeriodEnd(nowMs, period);
    used = 0;
  };
  return {
    decide(nowMs, estimatedPromptTokens = 0) {
      turn(nowMs);
      const retryAfterSeconds = Math.max(1, Math.ceil((endsMs - nowMs) / 1000));
      if (used >= tokens) return { admitted: false, why: 'exceeded', retryAfterSeconds };
      if (used + estimatedPromptTokens > tokens) return { admitted: false, why: 'would-exceed', retryAfterSeconds };
      return { admitted: true };
    },
    charge(nowMs, charged) {
      turn(nowMs);
      used += charged;
    },
    remaining(nowMs) {
      turn(nowMs);
      return Math.max(0, tokens - used);
    },
  };
}

/** End of the UTC period that holds `nowMs`. A week is taken to start on Monday, which is not documented. */
export function quotaPeriodEnd(nowMs: number, period: QuotaPeriod): number {
  const now = new Date(nowMs);
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  switch (period) {
    case 'Hourly':
      return Date.UTC(year, month, day, now.getUTCHours() + 1);
    case 'Daily':
      return Date.UTC(year, month, day + 1);
    case 'Weekly':
      return Date.UTC(year, month, day + 7 - ((now.getUTCDay() + 6) % 7));
    case 'Monthly':
      return Date.UTC(year, month + 1, 1);
    case 'Yearly':
      return Date.UTC(year + 1, 0, 1);
    default: {
      const unknown: never = period;
      throw new Error(`Unknown quota period ${String(unknown)}.`);
    }
  }
}
