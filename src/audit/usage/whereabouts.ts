import { meteredShare } from './compare';
import type { UsageLedger } from './ledger';
import type { BookedUsage, Metered } from './metered';

/** Where what is missing on a customer was booked instead. */
export type Whereabouts =
  | { readonly kind: 'nowhere' }
  /** Our very calls, by their ids; or an entry of exactly the missing calls, prompt and completion tokens. */
  | { readonly kind: 'elsewhere'; readonly subscriptionId: string; readonly booked: BookedUsage }
  /** Somebody else's entry is large enough to hold it. */
  | { readonly kind: 'perhaps'; readonly subscriptionIds: readonly string[] };

/** Looks for the tokens of a window that are not booked on their customer. */
export function findMissing(ledger: UsageLedger, metered: Metered): Whereabouts {
  const entries = [...metered.others];
  const ours = entries.find(([, booked]) => metered.isByCall || isThatWhichIsMissing(ledger, metered.own, booked));
  if (ours !== undefined) return { kind: 'elsewhere', subscriptionId: ours[0], booked: ours[1] };
  const missing = ledger.tokens.total - metered.own.tokens.total;
  const large = entries.filter(([, { tokens }]) => tokens.total >= missing * (1 - meteredShare));
  return large.length === 0
    ? { kind: 'nowhere' }
    : { kind: 'perhaps', subscriptionIds: large.map(([subscriptionId]) => subscriptionId) };
}

/** Sizes are random, so nobody else's usage has as many calls, prompt and completion tokens by chance. */
function isThatWhichIsMissing(ledger: UsageLedger, own: BookedUsage, booked: BookedUsage): boolean {
  const isEqual = (part: 'prompt' | 'completion' | 'total') => {
    const missing = ledger.tokens[part] - own.tokens[part];
    return Math.abs(booked.tokens[part] - missing) <= meteredShare * missing;
  };
  const missingCalls = ledger.calls.length - (own.requests ?? 0);
  const isAsMany = booked.requests === null || own.requests === null || booked.requests === missingCalls;
  return isAsMany && isEqual('total') && isEqual('prompt') && isEqual('completion');
}
