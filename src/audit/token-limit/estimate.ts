import type { Estimate } from '../report';
import { surelyUsed } from './bounds';
import { type Interval, intervalOf } from './judge-limit';
import { refusesByEstimate } from './ledger';
import { overshootOf } from './overshoot';
import type { View } from './view';

/** What the evidence shows of the limit and of who enforces it. */
export function estimateOf(view: View): Estimate {
  const interval = intervalOf(view);
  const isRefused = view.ledger.refusals.length > 0;
  const { tokens, burst } = overshootOf(view, Math.max(interval.low, view.counters * view.limit));
  const promptsEstimated = promptsEstimatedIn(view);
  return {
    ...(view.ledger.admissions.length > 0 && { tokensPerMinute: interval }),
    limiter: view.kind,
    ...(isRefused && { overshootTokens: tokens }),
    ...(isRefused && burst !== null && { burst }),
    counters: view.possible.length === 0 && view.alone ? Math.max(2, view.counters) : view.counters,
    ...(areCountersConfirmed(view, interval) && { countersConfirmed: true as const }),
    ...(promptsEstimated !== null && { promptsEstimated }),
  };
}

/** As many as declared: fewer would not have let so much through, more would have let through more. */
function areCountersConfirmed(view: View, { low, high }: Interval): boolean {
  const { saturated, undisturbed, possible, overrun, counters, band } = view;
  if (!saturated || !undisturbed || possible.length === 0 || overrun || high === null) return false;
  return low > ((counters - 1) * band.high) / counters && high <= band.high;
}

/** True: seen. False: a prompt was let in that no longer fitted. Null: neither was seen. */
function promptsEstimatedIn({ evidence, ledger, possible, undisturbed }: View): boolean | null {
  if (refusesByEstimate(evidence.exchanges)) return true;
  if (!undisturbed || possible.length === 0) return null;
  const isLetInUnfitting = ledger.admissions.some((admission) =>
    possible.every(({ kind, atMost }) => {
      const used = surelyUsed(kind, ledger.charges, admission);
      return atMost !== null && used + (admission.exchange.usage?.prompt ?? 0) > atMost;
    }),
  );
  return isLetInUnfitting ? false : null;
}
