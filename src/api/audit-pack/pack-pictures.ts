import type { CustomerUsage } from '../../audit/history/customer-usage';
import { backendTimelineChart } from '../../charts/backend-timeline-chart';
import { type Chart, lightPalette } from '../../charts/chart';
import { renderSvg } from '../../charts/render-svg';
import { sharesChart } from '../../charts/shares-chart';
import { tokenLimitChart } from '../../charts/token-limit-chart';
import { usageChart } from '../../charts/usage-chart';
import { usageDays } from '../../charts/usage-days';
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

/** What audits used by day; null where they used nothing. */
export function usagePicture(usage: CustomerUsage): Html | null {
  const days = usageDays(usage);
  return days.length === 0 ? null : toFigure(usageChart(days, lightPalette));
}

function toFigure(chart: Chart): Html {
  const svg = { html: renderSvg(chart, widthPx) };
  return html`<figure><figcaption>${chart.title}</figcaption>${svg}<p class="muted">${chart.description}</p></figure>`;
}
