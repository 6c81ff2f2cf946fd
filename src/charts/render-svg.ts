import type { Chart } from './chart';

/** Loaded with the first picture: every start of the app would pay for it, and few requests want pictures. */
function loadECharts(): typeof import('echarts') {
  return require('echarts');
}

/** A picture as SVG text, without a browser: fixed width, readable by its own description. */
export function renderSvg({ option, title, description, heightPx }: Chart, widthPx: number): string {
  const instance = loadECharts().init(null, null, { renderer: 'svg', ssr: true, width: widthPx, height: heightPx });
  try {
    instance.setOption(option);
    const svg = instance.renderToSVGString({ useViewBox: true });
    return svg.replace('<svg ', `<svg role="img" aria-label="${escapeAttribute(`${title}. ${description}`)}" `);
  } finally {
    instance.dispose();
  }
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
