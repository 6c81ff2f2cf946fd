import { type CheckName, checkNames } from '../src/audit/declaration';
import type { LimitStatusView } from '../src/audit/limit-status';
import { backendTimelineChart } from '../src/charts/backend-timeline-chart';
import { sharesChart } from '../src/charts/shares-chart';
import { tokenLimitChart } from '../src/charts/token-limit-chart';
import { auditAddress } from './address';
import { downloadButtons } from './download-buttons';
import { el } from './element';
import { failureText } from './failure-text';
import { historyTable } from './history-table';
import { integrityBadge } from './integrity-badge';
import { limitCards } from './limit-cards';
import { mountChart } from './mount-chart';
import { runNow } from './run-now';
import { usageSection } from './usage-section';
import { verdictBadge } from './verdict-badge';
import type { View, ViewContext } from './view';
import { whenOf } from './words';

/** One customer: what is known now, pictures of the latest audits, usage, history; and audits to be run now. */
export async function customerView(customerId: string, context: ViewContext): Promise<View> {
  const { api, nowMs } = context;
  const cards = el('div');
  const checks = el('div', { class: 'checks' });
  const pictures = el('div');
  const history = historyTable(customerId, context);

  async function fill(status: LimitStatusView): Promise<void> {
    cards.replaceChildren(limitCards(status, context));
    checks.replaceChildren(...checkChips(status, nowMs()));
    pictures.replaceChildren(await latestPictures(status, context));
  }

  const status = await api.limits(customerId);
  await fill(status);
  await history.refresh();
  const refresh = async () => {
    await Promise.all([api.limits(customerId).then(fill), history.refresh()]);
  };
  return {
    title: customerId,
    content: el(
      'div',
      {},
      el('nav', { class: 'crumbs', 'aria-label': 'Breadcrumb' }, el('a', { href: '#/' }, 'All customers')),
      el(
        'div',
        { class: 'headline' },
        el('div', {}, el('h1', {}, customerId), el('p', { class: 'muted' }, `behind gateway ${status.gatewayId}`)),
        integrityBadge(customerId, context),
      ),
      checks,
      cards,
      pictures,
      runNow({ customerId, audited: auditedChecks(status), whenDone: refresh }, context),
      usageSection(customerId, context),
      history.element,
      downloadButtons(customerId, context),
    ),
  };
}

function auditedChecks({ verdicts }: LimitStatusView): readonly CheckName[] {
  return checkNames.filter((check) => verdicts[check] !== undefined);
}

function checkChips({ customerId, verdicts }: LimitStatusView, nowMs: number): readonly HTMLElement[] {
  return checkNames.flatMap((check) => {
    const known = verdicts[check];
    if (known === undefined) return [];
    const again = known.rejudgedAs === undefined ? '' : ' · judged again';
    const age = `${whenOf(known.finishedAt, nowMs)}${known.stale ? ' · overdue' : ''}${again}`;
    return [
      el(
        'a',
        { class: 'chip', href: auditAddress(customerId, known.rejudgedAs?.auditId ?? known.auditId) },
        el('strong', {}, check),
        verdictBadge(known.verdict),
        el('span', { class: 'sub' }, age),
      ),
    ];
  });
}

/** Of the checks that have a picture: the latest audit, what failed in it, and the picture. */
async function latestPictures(status: LimitStatusView, context: ViewContext): Promise<HTMLElement> {
  const { api, signal } = context;
  const drawn = (['token-limit', 'load-balance'] as const).flatMap((check) => {
    const known = status.verdicts[check];
    return known === undefined ? [] : [{ check, auditId: known.rejudgedAs?.auditId ?? known.auditId }];
  });
  const sections = await Promise.all(
    drawn.map(async ({ check, auditId }) => {
      const audit = await api.audit(status.customerId, auditId);
      if (audit.state !== 'done') return null;
      const { shares, timeline } = audit.estimate;
      return el(
        'section',
        { class: 'card' },
        el(
          'h2',
          {},
          check === 'token-limit' ? 'Is the token limit kept?' : 'Is the load balanced?',
          ' ',
          verdictBadge(audit.verdict),
        ),
        ...audit.findings.filter(({ verdict }) => verdict === 'fail').map(failureText),
        check === 'token-limit' &&
          audit.exchanges.length > 0 &&
          mountChart((palette) => tokenLimitChart(audit, palette), signal),
        shares !== undefined &&
          Object.keys(shares).length > 0 &&
          mountChart((palette) => sharesChart(shares, palette), signal),
        timeline !== undefined &&
          timeline.length > 0 &&
          mountChart((palette) => backendTimelineChart(timeline, palette), signal),
        el(
          'a',
          { href: auditAddress(status.customerId, auditId) },
          `Every finding and exchange of this ${check} audit`,
        ),
      );
    }),
  );
  return el('div', {}, ...sections);
}
