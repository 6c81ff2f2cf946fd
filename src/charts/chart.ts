import type { EChartsOption } from 'echarts';

/** A picture as data: drawn by the page on a canvas, and on the server as SVG. */
export interface Chart {
  readonly title: string;
  /** What it shows, in sentences, for whoever does not see it. */
  readonly description: string;
  readonly heightPx: number;
  readonly option: EChartsOption;
}

/** Colours of one appearance; every text has at least 4.5 : 1 on `surface`. */
export interface Palette {
  readonly text: string;
  readonly mutedText: string;
  readonly line: string;
  readonly surface: string;
  readonly accent: string;
  readonly pass: string;
  readonly fail: string;
  readonly inconclusive: string;
  /** Fills the range that is promised. */
  readonly promised: string;
  readonly series: readonly string[];
}

export const lightPalette: Palette = {
  text: '#1b1f24',
  mutedText: '#57606a',
  line: '#d0d7de',
  surface: '#ffffff',
  accent: '#0969da',
  pass: '#1a7f37',
  fail: '#cf222e',
  inconclusive: '#7d4e00',
  promised: 'rgba(26, 127, 55, 0.16)',
  series: ['#0969da', '#8250df', '#bf3989', '#0a7b83', '#953800', '#4d5d00', '#57606a'],
};

export const darkPalette: Palette = {
  text: '#e6edf3',
  mutedText: '#a3adb8',
  line: '#3d444d',
  surface: '#161b22',
  accent: '#6cb6ff',
  pass: '#57d364',
  fail: '#ff8178',
  inconclusive: '#e3b341',
  promised: 'rgba(87, 211, 100, 0.18)',
  series: ['#6cb6ff', '#d2a8ff', '#ff9bce', '#56d4dd', '#ffa657', '#b6d34a', '#a3adb8'],
};

export const fontFamily = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** What all pictures have in common. */
export function commonOption(palette: Palette): EChartsOption {
  return {
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily, color: palette.text, fontSize: 12 },
  };
}

/** Looks of an axis; spread into it. */
export function axisLook(palette: Palette) {
  return {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.mutedText, fontFamily },
    nameTextStyle: { color: palette.mutedText, fontFamily },
    splitLine: { lineStyle: { color: palette.line, opacity: 0.5 } },
  };
}

/** Drawn on the canvas itself: the page's policy allows no styles in made-up HTML. */
export function tooltipLook(palette: Palette) {
  return {
    renderMode: 'richText' as const,
    confine: true,
    backgroundColor: palette.surface,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontFamily, fontSize: 12 },
  };
}
