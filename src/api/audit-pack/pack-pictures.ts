import { backendTimelineChart } from '../../charts/backend-timeline-chart';
import { type Chart, lightPalette } from '../../charts/chart';
import { renderSvg } from '../../charts/render-svg';
import { sharesChart } from '../../charts/shares-chart';
import { tokenLimitChart } from '../../charts/token-limit-chart';
import type { DoneAudit } from './gather-pack';
import { type Html, html } from './html';

const widthPx = 800;

/** The pictures of an audit as SVG with their descriptions; none where its check has none. */
export function packPictures(audit: DoneAudit): readonly Html[] {
  const { check, exchanges, estimate } = audit;
  const { shares = {}, timeline = [] } = estimate;
  return [
    ...(check === 'token-limit' && exchanges.length > 0 ? [tokenLimitChart(audit, lightPalette)] : []),
    ...(Object.keys(shares).length > 0 ? [sharesChart(shares, lightPalette)] : []),
    ...(timeline.length > 0 ? [backendTimelineChart(timeline, lightPalette)] : []),
  ].map(toFigure);
}

function toFigure(chart: Chart): Html {
  const svg = { html: renderSvg(chart, widthPx) };
  return html`<figure><figcaption>${chart.title}</figcaption>${svg}<p class="muted">${chart.description}</p></figure>`;
}
