import type { TimelineEntry } from '../audit/report';
import { type Bar, barsSeries } from './bars';
import { axisLook, type Chart, commonOption, type Palette, tooltipLook } from './chart';

const nobody = '(no backend named)';

/** Who answered when, and how: one row a backend, one bar a stretch of like answers. */
export function backendTimelineChart(timeline: readonly TimelineEntry[], palette: Palette): Chart {
  const backends = [...new Set(timeline.map(({ backend }) => backend ?? nobody))];
  const startMs = Math.min(...timeline.map(({ from }) => Date.parse(from)));
  const at = (moment: string) => (Date.parse(moment) - startMs) / 1000;
  const bars: readonly Bar[] = timeline.map(({ from, to, backend, status, probes }) => ({
    row: backends.indexOf(backend ?? nobody),
    from: at(from),
    to: at(to),
    colour: colourOf(status, palette),
    tooltip: `${backend ?? nobody}: ${probes} × ${status ?? 'no answer'}`,
  }));
  const look = axisLook(palette);
  return {
    title: 'Who answered when',
    description: timeline
      .slice(0, 12)
      .map(({ from, backend, status, probes }) => {
        return `From ${Math.round(at(from))} s: ${probes} probes, ${backend ?? 'nobody named'}, ${status ?? 'no answer'}.`;
      })
      .join(' '),
    heightPx: 90 + 34 * backends.length,
    option: {
      ...commonOption(palette),
      tooltip: { trigger: 'item', ...tooltipLook(palette) },
      grid: { left: 150, right: 30, top: 14, bottom: 52 },
      xAxis: { type: 'value', min: 0, name: 'seconds', nameLocation: 'middle', nameGap: 26, ...look },
      yAxis: {
        type: 'category',
        inverse: true,
        data: backends,
        ...look,
        axisLabel: { ...look.axisLabel, color: palette.text, width: 140, overflow: 'truncate' },
      },
      series: [barsSeries(bars, { axis: 0, heightPx: 18, labelColour: palette.text, surface: palette.surface })],
    },
  };
}

function colourOf(status: number | null, palette: Palette): string {
  if (status === null || status >= 500) return palette.fail;
  if (status >= 400) return palette.inconclusive;
  return palette.pass;
}
