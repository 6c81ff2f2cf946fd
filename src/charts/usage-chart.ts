import { axisLook, type Chart, commonOption, type Palette, tooltipLook } from './chart';

/** What audits spent on one UTC day, by the backend that answered; tokens. */
export interface UsageDay {
  readonly day: string;
  readonly tokensByBackend: Readonly<Record<string, number>>;
}

/** Tokens by day, stacked by backend. */
export function usageChart(days: readonly UsageDay[], palette: Palette): Chart {
  const backends = [...new Set(days.flatMap(({ tokensByBackend }) => Object.keys(tokensByBackend)))].toSorted();
  const total = days.reduce((sum, { tokensByBackend }) => sum + sumOf(Object.values(tokensByBackend)), 0);
  const look = axisLook(palette);
  return {
    title: 'Tokens that audits used, by day and backend',
    description: `${total} tokens on ${days.length} ${days.length === 1 ? 'day' : 'days'}, answered by ${backends.join(', ') || 'nobody'}.`,
    heightPx: 260,
    option: {
      ...commonOption(palette),
      color: [...palette.series],
      tooltip: { trigger: 'axis', ...tooltipLook(palette) },
      legend: { top: 0, left: 0, type: 'scroll', textStyle: { color: palette.text } },
      grid: { left: 64, right: 24, top: 40, bottom: 32 },
      xAxis: { type: 'category', data: days.map(({ day }) => day), ...look },
      yAxis: { type: 'value', ...look },
      series: backends.map((backend) => ({
        name: backend,
        type: 'bar',
        stack: 'tokens',
        barMaxWidth: 46,
        data: days.map(({ tokensByBackend }) => tokensByBackend[backend] ?? 0),
      })),
    },
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
