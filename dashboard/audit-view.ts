import type { AuditRecord } from '../src/audit/history/read-audit';
import type { Finding } from '../src/audit/verdict';
import { backendTimelineChart } from '../src/charts/backend-timeline-chart';
import { sharesChart } from '../src/charts/shares-chart';
import { tokenLimitChart } from '../src/charts/token-limit-chart';
import { auditAddress, customerAddress } from './address';
import { el } from './element';
import { evidenceTable } from './evidence-table';
import { facts } from './limit-cards';
import { mountChart } from './mount-chart';
import { verdictBadge } from './verdict-badge';
import type { View, ViewContext } from './view';
import { count, countOf, momentText } from './words';

type DoneAudit = Extract<AuditRecord, { state: 'done' }>;

/** One audit: findings, picture, estimate, and every exchange that they rest on. */
export async function auditView(
  { customerId, auditId }: { readonly customerId: string; readonly auditId: string },
  context: ViewContext,
): Promise<View> {
  const audit = await context.api.audit(customerId, auditId);
  const crumbs = el(
    'nav',
    { class: 'crumbs', 'aria-label': 'Breadcrumb' },
    el('a', { href: '#/' }, 'All customers'),
    ' / ',
    el('a', { href: customerAddress(customerId) }, customerId),
  );
  const content =
    audit.state === 'done'
      ? doneAudit(audit, context)
      : [
          el('h1', {}, `${audit.check} of ${customerId}`),
          el('p', {}, `This audit is ${audit.state}. Reload the page to look again.`),
        ];
  return { title: `${audit.check} of ${customerId}`, content: el('div', {}, crumbs, ...content) };
}

function doneAudit(audit: DoneAudit, { signal }: ViewContext): readonly (HTMLElement | null)[] {
  const { shares, timeline } = audit.estimate;
  return [
    el(
      'div',
      { class: 'headline' },
      el('h1', {}, `${audit.check} of ${audit.customerId} `, verdictBadge(audit.verdict)),
    ),
    el(
      'p',
      { class: 'muted' },
      `${momentText(audit.startedAt)}, took ${Math.round((Date.parse(audit.finishedAt) - Date.parse(audit.startedAt)) / 1000)} s. It ended because ${audit.stoppedBecause}.`,
    ),
    rejudgementNote(audit),
    el('section', { class: 'card' }, el('h2', {}, 'Findings'), findingsTable(audit.findings)),
    pictures(
      audit.check === 'token-limit' &&
        audit.exchanges.length > 0 &&
        mountChart((palette) => tokenLimitChart(audit, palette), signal),
      shares !== undefined &&
        Object.keys(shares).length > 0 &&
        mountChart((palette) => sharesChart(shares, palette), signal),
      timeline !== undefined &&
        timeline.length > 0 &&
        mountChart((palette) => backendTimelineChart(timeline, palette), signal),
    ),
    el('section', { class: 'card' }, el('h2', {}, 'In numbers'), facts(numbersOf(audit))),
    el(
      'section',
      { class: 'card' },
      el('h2', {}, `Evidence: ${countOf(audit.exchanges.length, 'exchange')}`),
      audit.evidenceTruncated && el('p', { class: 'muted' }, 'Some of it was shortened to fit.'),
      evidenceTable(audit.exchanges, Date.parse(audit.startedAt)),
    ),
    el(
      'details',
      { class: 'card' },
      el('summary', {}, 'Place in the history'),
      facts([
        ['Audit', audit.auditId],
        ['Sequence', count(audit.sequence)],
        ['Hash', audit.hash],
        ['Previous hash', audit.previousHash],
        ['Evidence hash', audit.evidenceHash],
        ['Rules version', String(audit.rulesVersion)],
      ]),
    ),
  ];
}

/** Stored evidence judged again says so, and where the audit is that gathered it. */
function rejudgementNote({ customerId, rejudgementOf, rejudgedAt, rulesVersion }: DoneAudit): HTMLElement | null {
  if (rejudgementOf === undefined || rejudgedAt === undefined) return null;
  return el(
    'p',
    { class: 'muted' },
    `Stored evidence, judged again on ${momentText(rejudgedAt)} by rules ${rulesVersion}; nothing was sent for it. Evidence, times and numbers are those of `,
    el('a', { href: auditAddress(customerId, rejudgementOf) }, 'the audit that gathered it'),
    '.',
  );
}

function pictures(...figures: readonly (HTMLElement | false)[]): HTMLElement {
  const drawn = figures.filter((figure) => figure !== false);
  return drawn.length > 0 ? el('section', { class: 'card' }, el('h2', {}, 'What happened'), ...drawn) : el('div');
}

function findingsTable(findings: readonly Finding[]): HTMLElement {
  if (findings.length === 0) return el('p', { class: 'muted' }, 'Nothing could be decided.');
  const heads = ['Rule', 'Verdict', 'Promised', 'Measured', 'Because'].map((name) => el('th', { scope: 'col' }, name));
  const order = { fail: 0, inconclusive: 1, pass: 2 };
  return el(
    'div',
    { class: 'scroll', role: 'region', 'aria-label': 'Findings', tabindex: '0' },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...heads)),
      el(
        'tbody',
        {},
        ...findings
          .toSorted((a, b) => order[a.verdict] - order[b.verdict])
          .map(({ rule, verdict, expected, observed, because }) =>
            el(
              'tr',
              {},
              el('th', { scope: 'row' }, rule),
              el('td', {}, verdictBadge(verdict)),
              el('td', { class: 'free' }, expected),
              el('td', { class: 'free' }, observed),
              el('td', { class: 'free' }, because),
            ),
          ),
      ),
    ),
  );
}

function numbersOf({ estimate, summary }: DoneAudit): readonly (readonly [string, string])[] {
  const { tokensPerMinute, limiter, overshootTokens } = estimate;
  const { probes, answered, refused, failed, tokens, latencyMs } = summary;
  return [
    ...(tokensPerMinute
      ? ([
          [
            'Effective limit',
            `${count(tokensPerMinute.low)} to ${tokensPerMinute.high === null ? '(never refused)' : count(tokensPerMinute.high)} tokens a minute`,
          ],
        ] as const)
      : []),
    ...(limiter ? ([['Kind of limiter', limiter]] as const) : []),
    ...(overshootTokens === undefined ? [] : ([['Overshoot', countOf(overshootTokens, 'token')]] as const)),
    ['Probes', `${probes}: ${answered} answered, ${refused} refused, ${failed} failed`],
    ['Tokens', `${count(tokens.total)} (${count(tokens.prompt)} prompt, ${count(tokens.completion)} completion)`],
    ...(latencyMs
      ? ([['Latency', `${Math.round(latencyMs.p50)} ms median, ${Math.round(latencyMs.p99)} ms p99`]] as const)
      : []),
  ];
}
