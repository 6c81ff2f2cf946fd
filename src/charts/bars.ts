import type { CustomSeriesOption } from 'echarts';

/** A bar from one moment to another on a row of a category axis. */
export interface Bar {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly colour: string;
  /** 0 to 1; 1 where absent. */
  readonly opacity?: number;
  readonly label?: string;
  readonly tooltip: string;
}

export interface BarLook {
  readonly axis: number;
  readonly heightPx: number;
  readonly labelColour: string;
  /** For a label inside its bar. */
  readonly surface: string;
}

const widestLabelPx = 90;

/** Bars over time: ECharts has no such series of its own, but draws one from a rule. */
export function barsSeries(bars: readonly Bar[], look: BarLook): CustomSeriesOption {
  const { axis, heightPx, labelColour } = look;
  return {
    type: 'custom',
    xAxisIndex: axis,
    yAxisIndex: axis,
    clip: true,
    z: 5,
    encode: { x: [1, 2], y: 0 },
    data: bars.map(({ row, from, to, tooltip }) => ({ value: [row, from, to], name: tooltip })),
    tooltip: { formatter: ({ name }: { name: string }) => name },
    renderItem: (params, api) => {
      const bar = bars[params.dataIndex];
      const start = api.coord([api.value(1), api.value(0)]);
      const end = api.coord([api.value(2), api.value(0)]);
      const [x = 0, y = 0] = start;
      const width = Math.max(2, (end[0] ?? 0) - x);
      return {
        type: 'rect' as const,
        shape: { x, y: y - heightPx / 2, width, height: heightPx, r: 2 },
        style: { fill: bar?.colour ?? labelColour, opacity: bar?.opacity ?? 1 },
        z2: 10,
        ...(bar?.label !== undefined && {
          textContent: {
            type: 'text' as const,
            style: { text: bar.label, fill: width > widestLabelPx ? look.surface : look.labelColour, fontSize: 12 },
          },
          textConfig: {
            position: width > widestLabelPx ? ('insideLeft' as const) : ('right' as const),
            distance: 6,
          },
        }),
      };
    },
  };
}
