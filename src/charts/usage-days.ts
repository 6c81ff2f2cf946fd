import type { CustomerUsage } from '../audit/history/customer-usage';
import type { CustomersDay, UsageDay } from './usage-chart';

const nobody = '(no backend named)';

/** The days of a customer's usage as the picture wants them: each token under the backend that answered. */
export function usageDays({ days }: Pick<CustomerUsage, 'days'>): readonly UsageDay[] {
  return days.map(({ day, synthetic }) => {
    const named = Object.entries(synthetic.byBackend).map(([name, { tokens }]) => [name, tokens] as const);
    const unnamed = synthetic.tokens.total - named.reduce((sum, [, tokens]) => sum + tokens, 0);
    return { day, tokensByBackend: Object.fromEntries(unnamed > 0 ? [...named, [nobody, unnamed]] : named) };
  });
}

/** The days of several customers' usage, each day once, in order. */
export function customersDays(usages: readonly Pick<CustomerUsage, 'customerId' | 'days'>[]): readonly CustomersDay[] {
  const days = [...new Set(usages.flatMap((usage) => usage.days.map(({ day }) => day)))].toSorted();
  return days.map((day) => ({
    day,
    tokensByCustomer: Object.fromEntries(
      usages.flatMap((usage) =>
        usage.days.filter((one) => one.day === day).map((one) => [usage.customerId, one.synthetic.tokens.total]),
      ),
    ),
  }));
}
