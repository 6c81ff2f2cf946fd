import type { ShareEstimate } from '../audit/report';
import { type Bar, barsSeries } from './bars';
import { axisLook, type Chart, commonOption, type Palette, tooltipLook } from './chart';

/** Each backend's share of the answers against its declared weight, with the interval that the evidence allows. */
export function sharesChart(shares: Readonly<Record<string, ShareEstimate>>, palette: Palette): Chart {
  const backends = Object.keys(shares);
  const rows = Object.values(shares);
  const look = axisLook(palette);
  const intervals: readonly Bar[] = rows.map(({ low, high }, row) => ({
    row,
    from: percent(low),
    to: percent(high),
    colour: palette.text,
    tooltip: `the evidence allows ${percentText(low)} to ${percentText(high)}`,
  }));
  return {
    title: 'Share of the answers, by backend',
    description: rows
      .map(({ observed, expected }, row) => {
        const promise = `${percentText(expected)} by weight`;
        return `${backends[row]} gave ${percentText(observed)} of the answers; ${promise}.`;
      })
      .join(' '),
    heightPx: 90 + 46 * backends.length,
    option: {
      ...commonOption(palette),
      tooltip: { trigger: 'item', ...tooltipLook(palette) },
      legend: { top: 0, left: 0, textStyle: { color: palette.text }, data: ['observed', 'declared weight'] },
      grid: { left: 150, right: 30, top: 34, bottom: 40 },
      xAxis: { type: 'value', min: 0, max: 100, name: '%', ...look },
      yAxis: {
        type: 'category',
        inverse: true,
        data: backends,
        ...look,
        axisLabel: { ...look.axisLabel, color: palette.text, width: 140, overflow: 'truncate' },
      },
      series: [
        {
          name: 'observed',
          type: 'bar',
          barWidth: 18,
          itemStyle: { color: palette.accent },
          data: rows.map(({ observed }) => percent(observed)),
        },
        {
          name: 'declared weight',
          type: 'scatter',
          symbol: 'diamond',
          symbolSize: 16,
          itemStyle: { color: palette.pass, borderColor: palette.surface, borderWidth: 1 },
          data: rows.map(({ expected }, row) => [percent(expected), row]),
        },
        barsSeries(intervals, { axis: 0, heightPx: 3, labelColour: palette.text, surface: palette.surface }),
      ],
    },
  };
}

function percent(share: number): number {
  return Math.round(share * 1000) / 10;
}

function percentText(share: number): string {
  return `${percent(share)} %`;
}
