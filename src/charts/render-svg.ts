import { createHash } from 'node:crypto';
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
    const svg = withOwnNames(instance.renderToSVGString({ useViewBox: true }));
    return svg.replace('<svg ', `<svg role="img" aria-label="${escapeAttribute(`${title}. ${description}`)}" `);
  } finally {
    instance.dispose();
  }
}

/**
 * The library numbers its class names and ids by what the process has drawn before. Here they follow from the picture, so
 * that the same picture is the same text, and two in one page stay apart.
 */
function withOwnNames(svg: string): string {
  const numbers = new Map<string, number>();
  const plain = svg.replace(/\bzr\d+-[a-z]+-?\d+/g, (name) => {
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return `zr-${numbers.get(name)}`;
  });
  const picture = createHash('sha256').update(plain).digest('hex').slice(0, 8);
  return plain.replace(/\bzr-(\d+)/g, `p${picture}-$1`);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
