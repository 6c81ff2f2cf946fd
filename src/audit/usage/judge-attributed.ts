import type { Finding } from '../verdict';
import type { WindowView } from './window-view';

/** Whether what is metered is booked on this customer. Says nothing where the meter holds nothing of ours at all. */
export function judgeAttributed(views: readonly WindowView[]): readonly Finding[] {
  const rule = 'attributed';
  const read = views.flatMap(({ seen, ledger, isFilling }) =>
    seen === null || ledger.calls.length === 0 || (isFilling && seen.difference.kind !== 'agrees') ? [] : [seen],
  );
  const expected = 'usage booked on this customer';
  for (const { whereabouts, difference } of read) {
    if (difference.kind !== 'missing' || whereabouts.kind !== 'elsewhere') continue;
    const { subscriptionId, booked } = whereabouts;
    const observed = `${booked.tokens.total} tokens booked on ${holder(subscriptionId)}`;
    const because = 'What our calls cost stands in the meter, but not under the customer whose key was shown.';
    return [{ rule, verdict: 'fail', expected, observed, because }];
  }
  const isSomeWhole = read.some(({ difference }) => difference.kind !== 'missing');
  for (const { whereabouts, difference } of read) {
    if (isSomeWhole || difference.kind !== 'missing' || whereabouts.kind !== 'perhaps') continue;
    const observed = `missing here, and at least as much on ${whereabouts.subscriptionIds.map(holder).join(', ')}`;
    const because = "What is missing may be booked there, or that is somebody else's own usage.";
    return [{ rule, verdict: 'inconclusive', expected, observed, because }];
  }
  const own = read.reduce((sum, { metered }) => sum + metered.own.tokens.total, 0);
  if (own === 0) return [];
  const because = 'What is metered of our calls is booked on this customer.';
  return [{ rule, verdict: 'pass', expected, observed: `${own} tokens booked on it`, because }];
}

function holder(subscriptionId: string): string {
  return subscriptionId === '' ? 'nobody' : subscriptionId;
}
