import { axisLook, type Chart, commonOption, type Palette, tooltipLook } from './chart';

/** What audits spent on one UTC day, by the backend that answered; tokens. */
export interface UsageDay {
  readonly day: string;
  readonly tokensByBackend: Readonly<Record<string, number>>;
}

/** What audits spent on one UTC day, by customer; tokens. */
export interface CustomersDay {
  readonly day: string;
  readonly tokensByCustomer: Readonly<Record<string, number>>;
}

/** Tokens by day, stacked by backend. */
export function usageChart(days: readonly UsageDay[], palette: Palette): Chart {
  const stacks = days.map(({ day, tokensByBackend }) => ({ day, tokens: tokensByBackend }));
  return stackedDays(stacks, { title: 'Tokens that audits used, by day and backend', by: 'answered by' }, palette);
}

/** Tokens by day, stacked by customer. */
export function customersUsageChart(days: readonly CustomersDay[], palette: Palette): Chart {
  const stacks = days.map(({ day, tokensByCustomer }) => ({ day, tokens: tokensByCustomer }));
  return stackedDays(stacks, { title: 'Tokens that audits used, by day and customer', by: 'spent for' }, palette);
}

interface Stack {
  readonly day: string;
  readonly tokens: Readonly<Record<string, number>>;
}

function stackedDays(
  days: readonly Stack[],
  { title, by }: { readonly title: string; readonly by: string },
  palette: Palette,
): Chart {
  const names = [...new Set(days.flatMap(({ tokens }) => Object.keys(tokens)))].toSorted();
  const total = days.reduce((sum, { tokens }) => sum + sumOf(Object.values(tokens)), 0);
  const look = axisLook(palette);
  return {
    title,
    description: `${total} tokens on ${days.length} ${days.length === 1 ? 'day' : 'days'}, ${by} ${names.join(', ') || 'nobody'}.`,
    heightPx: 260,
    option: {
      ...commonOption(palette),
      color: [...palette.series],
      tooltip: { trigger: 'axis', ...tooltipLook(palette) },
      legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: palette.text } },
      grid: { left: 64, right: 24, top: 40, bottom: 32 },
      xAxis: { type: 'category', data: days.map(({ day }) => day), ...look },
      yAxis: { type: 'value', ...look },
      series: names.map((name) => ({
        name,
        type: 'bar',
        stack: 'tokens',
        barMaxWidth: 46,
        data: days.map(({ tokens }) => tokens[name] ?? 0),
      })),
    },
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
