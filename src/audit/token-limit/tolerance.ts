import type { Declaration, LimiterKind } from '../declaration';
import { type Ledger, minuteMs } from './ledger';

/** The limits, in tokens per minute, between which a gateway is taken to keep its promise. */
export interface Band {
  readonly toleranceTokens: number;
  readonly low: number;
  /** For several counters: what all of them together may let through. */
  readonly high: number;
}

/**
 * The declared limit ± the tolerance: a share of the limit, never tighter than what one probe costs, plus what a token
 * bucket refills while one probe is answered.
 */
export function bandOf(declared: Declaration, ledger: Ledger, kind: LimiterKind | 'unknown'): Band {
  const limit = declared.customer.tokensPerMinute;
  const share = Math.max((limit * declared.settings.tolerancePercent) / 100, ledger.smallestCost ?? 0);
  const refill = kind === 'token-bucket' ? (limit * ledger.latencyMs) / minuteMs : 0;
  const toleranceTokens = share + refill;
  return {
    toleranceTokens,
    low: limit - toleranceTokens,
    high: declared.gateway.counters * (limit + toleranceTokens),
  };
}
