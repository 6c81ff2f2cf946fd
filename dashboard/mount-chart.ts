import { BarChart, CustomChart, GaugeChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
} from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { type Chart, darkPalette, lightPalette, type Palette } from '../src/charts/chart';
import { el } from './element';

use([
  BarChart,
  CustomChart,
  GaugeChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
]);

/**
 * A picture with its title and, for whoever does not see it, its description. It is drawn when it has a size, drawn
 * anew when that or the appearance (light, dark) changes, and given up when `signal` says so.
 */
export function mountChart(draw: (palette: Palette) => Chart, signal: AbortSignal): HTMLElement {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const current = () => draw(dark.matches ? darkPalette : lightPalette);
  const { title, description, heightPx } = current();
  const canvas = el('div', { class: 'chart', role: 'img', 'aria-label': `${title}. ${description}` });
  canvas.style.height = `${heightPx}px`;
  const instance = init(canvas, null, { renderer: 'canvas', width: 320, height: heightPx });
  const drawNow = () => instance.setOption(current().option, true);
  drawNow();
  const sizes = new ResizeObserver(() => {
    if (canvas.clientWidth > 0) instance.resize({ width: canvas.clientWidth, height: heightPx });
  });
  sizes.observe(canvas);
  dark.addEventListener('change', drawNow, { signal });
  signal.addEventListener('abort', () => {
    sizes.disconnect();
    instance.dispose();
  });
  return el('figure', { class: 'picture' }, el('figcaption', {}, title), canvas);
}
