import { meteredShare, streamedShare } from './compare';
import type { UsageLedger } from './ledger';
import type { BookedUsage, Metered } from './metered';

/** Where what is missing on a customer was booked instead. */
export type Whereabouts =
  | { readonly kind: 'nowhere' }
  /** Our very calls, by their ids; or, in every window, an entry that is exactly what is missing. */
  | { readonly kind: 'elsewhere'; readonly subscriptionId: string; readonly booked: BookedUsage }
  /** Somebody else's entry is large enough to hold it. */
  | { readonly kind: 'perhaps'; readonly subscriptionIds: readonly string[] };

/** How exactly an entry must be what is missing: gateways estimate streamed usage, so it only has to come near. */
export type Likeness = 'equal' | 'near';

/** Looks for the tokens of a window that are not booked on their customer. */
export function findMissing(ledger: UsageLedger, metered: Metered, likeness: Likeness): Whereabouts {
  const entries = [...metered.others];
  const isMissing = likeness === 'equal' ? isEqualTo : isNear;
  const ours = entries.find(([, booked]) => metered.isByCall || isMissing(ledger, metered.own, booked));
  if (ours !== undefined) return { kind: 'elsewhere', subscriptionId: ours[0], booked: ours[1] };
  const missing = ledger.tokens.total - metered.own.tokens.total;
  const large = entries.filter(([, { tokens }]) => tokens.total >= missing * (1 - meteredShare));
  return large.length === 0
    ? { kind: 'nowhere' }
    : { kind: 'perhaps', subscriptionIds: large.map(([subscriptionId]) => subscriptionId) };
}

/**
 * One window's entry may be like ours by chance: another customer's audit asks for as many tokens at the same time. It
 * is ours only if every window's is, on one subscription; else it is only perhaps.
 */
export function confirmWhereabouts(found: readonly Whereabouts[]): readonly Whereabouts[] {
  const holders = new Set(found.map((one) => (one.kind === 'elsewhere' ? one.subscriptionId : null)));
  if (holders.size === 1) return found;
  return found.map((one) =>
    one.kind === 'elsewhere' ? { kind: 'perhaps', subscriptionIds: [one.subscriptionId] } : one,
  );
}

function isEqualTo(ledger: UsageLedger, own: BookedUsage, booked: BookedUsage): boolean {
  const isEqual = (part: 'prompt' | 'completion' | 'total') =>
    booked.tokens[part] === ledger.tokens[part] - own.tokens[part];
  return isAsMany(ledger, own, booked) && isEqual('total') && isEqual('prompt') && isEqual('completion');
}

function isNear(ledger: UsageLedger, own: BookedUsage, booked: BookedUsage): boolean {
  const missing = ledger.tokens.total - own.tokens.total;
  return isAsMany(ledger, own, booked) && Math.abs(booked.tokens.total - missing) <= streamedShare * missing;
}

function isAsMany(ledger: UsageLedger, own: BookedUsage, booked: BookedUsage): boolean {
  const isCounted = booked.requests !== null && own.requests !== null;
  return !isCounted || booked.requests === ledger.calls.length - (own.requests ?? 0);
}
