import { usageChart } from '../src/charts/usage-chart';
import { usageDays } from '../src/charts/usage-days';
import { el } from './element';
import { mountChart } from './mount-chart';
import type { ViewContext } from './view';

/** What audits used by day and backend; nothing before the first audit. */
export function usageSection(customerId: string, { api, signal }: ViewContext): HTMLElement {
  const section = el('div');
  api.usage(customerId).then(
    (usage) => {
      const days = usageDays(usage);
      if (days.length === 0) return;
      section.append(
        el(
          'section',
          { class: 'card' },
          el('h2', {}, 'Usage'),
          mountChart((palette) => usageChart(days, palette), signal),
        ),
      );
    },
    () => section.append(el('p', { class: 'muted' }, 'Usage could not be read.')),
  );
  return section;
}
