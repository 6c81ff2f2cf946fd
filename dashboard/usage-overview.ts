import type { LimitStatusView } from '../src/audit/limit-status';
import { customersUsageChart } from '../src/charts/usage-chart';
import { customersDays } from '../src/charts/usage-days';
import { el } from './element';
import { mountChart } from './mount-chart';
import type { ViewContext } from './view';

/** One request a customer: the picture names so many and no more. */
const mostCustomers = 20;
const days = 30;
const dayMs = 86_400_000;

/** What audits used by day and customer, read when somebody opens it. */
export function usageOverview(
  customersNow: () => readonly LimitStatusView[],
  { api, signal, nowMs }: ViewContext,
): HTMLElement {
  const body = el('div');
  let isAsked = false;

  async function fill(): Promise<void> {
    const shown = customersNow().toSorted((a, b) => b.spentToday - a.spentToday);
    const named = shown.slice(0, mostCustomers);
    const from = new Date(nowMs() - (days - 1) * dayMs).toISOString().slice(0, 10);
    const usages = await Promise.all(named.map(({ customerId }) => api.usage(customerId, from)));
    const byDay = customersDays(usages);
    if (byDay.length === 0) return body.replaceChildren(el('p', { class: 'muted' }, 'No audit has used anything yet.'));
    const cut =
      shown.length > named.length &&
      el('p', { class: 'muted' }, `Of ${shown.length} customers the ${named.length} that used most today.`);
    body.replaceChildren(
      mountChart((palette) => customersUsageChart(byDay, palette), signal),
      ...(cut ? [cut] : []),
    );
  }

  const details = el(
    'details',
    { class: 'card' },
    el('summary', {}, `Usage of the last ${days} days, by customer`),
    body,
  );
  details.addEventListener('toggle', () => {
    if (!details.open || isAsked) return;
    isAsked = true;
    fill().catch((error: unknown) => {
      if (signal.aborted) return;
      isAsked = false;
      body.replaceChildren(
        el('p', { class: 'trouble', role: 'alert' }, 'Usage could not be read. Close and open this to try again.'),
      );
      if (!(error instanceof Error)) throw error;
    });
  });
  return details;
}
