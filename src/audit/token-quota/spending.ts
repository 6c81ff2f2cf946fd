import type { Evidence } from '../check';
import type { Declaration, TokenQuota } from '../declaration';
import { isAnswered, readLedger } from '../token-limit/ledger';
import { periodOf } from './period';

/** Tokens between which a quota is taken to be kept. */
export interface QuotaBand {
  readonly toleranceTokens: number;
  readonly low: number;
  readonly high: number;
}

/** The declared quota ± the tolerance, never tighter than one probe; where several counters are declared, up to all of them. */
export function quotaBandOf(declared: Declaration, quota: TokenQuota, probeTokens: number): QuotaBand {
  const toleranceTokens = Math.max((quota.tokens * declared.settings.tolerancePercent) / 100, probeTokens);
  return {
    toleranceTokens,
    low: quota.tokens - toleranceTokens,
    high: declared.gateway.counters * (quota.tokens + toleranceTokens),
  };
}

/** What our probes spent of the quota's period: in this audit surely, and with all of ours before it at most; tokens. */
export interface Spending {
  readonly sure: number;
  /** Surely spent before the last probe that was answered: its admission proves that the quota is above that. */
  readonly proven: number;
  readonly most: number;
  /** The largest probe that was answered. */
  readonly largest: number;
  readonly smallest: number | null;
}

export function spendingOf(
  { declared, exchanges, priorCharges }: Pick<Evidence, 'declared' | 'exchanges' | 'priorCharges'>,
  quota: TokenQuota,
): Spending {
  const first = exchanges[0]?.sentMs ?? 0;
  const { startMs } = periodOf(quota.period, first);
  const prior = priorCharges.filter((charge) => charge.counter === undefined && charge.receivedMs >= startMs);
  const ledger = readLedger({ exchanges, priorCharges: [] }, declared.gateway.headers);
  const costs = exchanges.filter(isAnswered).map((exchange) => exchange.usage?.total ?? exchange.boundTokens);
  const sure = ledger.charges.reduce((total, charge) => total + charge.low, 0);
  return {
    sure,
    proven: sure - (exchanges.findLast(isAnswered)?.usage?.total ?? 0),
    most:
      ledger.charges.reduce((total, charge) => total + charge.high, 0) +
      prior.reduce((total, charge) => total + charge.tokens, 0),
    largest: Math.max(0, ...costs),
    smallest: costs.length === 0 ? null : Math.min(...costs),
  };
}
