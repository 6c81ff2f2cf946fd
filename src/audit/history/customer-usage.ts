import type { TokenUsage } from '../../probe/exchange';
import { moneyOf, type TokenPrice } from '../audit-cost';
import type { DayRollUp } from './day-roll-up';

/** UTC days, `2026-11-22`, both inclusive; open where absent. */
export interface DaySpan {
  readonly from?: string;
  readonly to?: string;
}

/** A price with its currency, for the deployment that a customer's audits ask. */
export interface UsagePrice extends TokenPrice {
  readonly currency: string;
}

/** What our own audits used of a customer's allowance: probes and tokens, never the customer's own traffic. */
export interface SyntheticUsage {
  readonly audits: number;
  readonly probes: DayRollUp['probes'];
  readonly tokens: TokenUsage;
  readonly byBackend: DayRollUp['byBackend'];
  /** Absent where no price is configured. */
  readonly charge?: { readonly amount: number; readonly currency: string };
}

export interface CustomerUsage {
  readonly customerId: string;
  /** Oldest first; days without audits are left out. */
  readonly days: readonly { readonly day: string; readonly synthetic: SyntheticUsage }[];
  readonly total: { readonly synthetic: SyntheticUsage };
}

/** The usage of a customer from its days' roll-ups, with what it costs at a price. */
export function usageOfDays(customerId: string, days: readonly DayRollUp[], price: UsagePrice | null): CustomerUsage {
  const usages = days.map((day) => ({ day: day.day, synthetic: toUsage(day, price) }));
  const total = usages.reduce((sum, { synthetic }) => addUsage(sum, synthetic), none);
  return { customerId, days: usages, total: { synthetic: withCharge(total, price) } };
}

const none: SyntheticUsage = {
  audits: 0,
  probes: { sent: 0, answered: 0, refused: 0, failed: 0 },
  tokens: { prompt: 0, completion: 0, total: 0 },
  byBackend: {},
};

function toUsage({ audits, probes, tokens, byBackend }: DayRollUp, price: UsagePrice | null): SyntheticUsage {
  return withCharge({ audits, probes, tokens, byBackend }, price);
}

function addUsage(sum: SyntheticUsage, added: SyntheticUsage): SyntheticUsage {
  const backends = new Map(Object.entries(sum.byBackend));
  for (const [name, { probes, tokens }] of Object.entries(added.byBackend)) {
    const before = backends.get(name) ?? { probes: 0, tokens: 0 };
    backends.set(name, { probes: before.probes + probes, tokens: before.tokens + tokens });
  }
  return {
    audits: sum.audits + added.audits,
    probes: {
      sent: sum.probes.sent + added.probes.sent,
      answered: sum.probes.answered + added.probes.answered,
      refused: sum.probes.refused + added.probes.refused,
      failed: sum.probes.failed + added.probes.failed,
    },
    tokens: {
      prompt: sum.tokens.prompt + added.tokens.prompt,
      completion: sum.tokens.completion + added.tokens.completion,
      total: sum.tokens.total + added.tokens.total,
    },
    byBackend: Object.fromEntries(backends),
  };
}

/** To a millionth: a token costs less than a cent. */
function withCharge(usage: SyntheticUsage, price: UsagePrice | null): SyntheticUsage {
  if (price === null) return usage;
  const amount = Math.round(moneyOf(usage.tokens, price) * 1e6) / 1e6;
  return { ...usage, charge: { amount, currency: price.currency } };
}
