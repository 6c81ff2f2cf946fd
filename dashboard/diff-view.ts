import type { ComparedAudit, FindingChange, ReportDiff, ValueChange } from '../src/audit/history/diff-reports';
import { auditAddress, customerAddress } from './address';
import { type Child, el } from './element';
import { verdictBadge } from './verdict-badge';
import type { View, ViewContext } from './view';
import { momentText } from './words';

/** Two audits of one check: what is not the same in the later one. */
export async function diffView(
  { customerId, against, auditId }: { readonly customerId: string; readonly against: string; readonly auditId: string },
  { api }: ViewContext,
): Promise<View> {
  const diff = await api.diff(customerId, { against, auditId });
  const title = `${diff.check} of ${customerId}: what changed`;
  const crumbs = el(
    'nav',
    { class: 'crumbs', 'aria-label': 'Breadcrumb' },
    el('a', { href: '#/' }, 'All customers'),
    ' / ',
    el('a', { href: customerAddress(customerId) }, customerId),
  );
  const heading = el('div', { class: 'headline' }, el('h1', {}, title));
  return { title, content: el('div', {}, crumbs, heading, comparedAudits(diff), ...changesOf(diff)) };
}

function comparedAudits({ customerId, before, after }: ReportDiff): HTMLElement {
  const card = (name: string, { auditId, finishedAt, verdict, sequence }: ComparedAudit) =>
    el(
      'section',
      { class: 'card' },
      el('h2', {}, name, ' ', verdictBadge(verdict)),
      el('a', { href: auditAddress(customerId, auditId) }, momentText(finishedAt)),
      el('span', { class: 'sub' }, `audit ${sequence} of the history`),
    );
  return el('div', { class: 'cards' }, card('Before', before), card('After', after));
}

function changesOf({ findings, estimate, latencyMs, spread, declared }: ReportDiff): readonly HTMLElement[] {
  const sections = [
    section('What was found', 'Rule', findings.map(findingRow)),
    section('What was promised', 'Setting', declared.map(valueRow)),
    section('What was measured', 'Measure', estimate.map(valueRow)),
    section('Shares of the backends', 'Backend', spread.map(shareRow)),
    section('Latency in milliseconds', 'Percentile', latencyMs.map(valueRow)),
  ].filter((one) => one !== null);
  return sections.length > 0 ? sections : [el('p', { class: 'card' }, 'Nothing changed.')];
}

function section(title: string, first: string, rows: readonly HTMLElement[]): HTMLElement | null {
  if (rows.length === 0) return null;
  const heads = [first, 'Before', 'After'].map((name) => el('th', { scope: 'col' }, name));
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, title),
    el(
      'div',
      { class: 'scroll', role: 'region', 'aria-label': title, tabindex: '0' },
      el('table', { class: 'compared' }, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...rows)),
    ),
  );
}

function row(name: string, before: readonly Child[], after: readonly Child[]): HTMLElement {
  return el(
    'tr',
    {},
    el('th', { scope: 'row' }, name),
    el('td', { class: 'free' }, ...before),
    el('td', { class: 'free' }, ...after),
  );
}

function findingRow({ rule, before, after }: FindingChange): HTMLElement {
  const said = (finding: FindingChange['before']): readonly Child[] =>
    finding === null
      ? [el('span', { class: 'muted' }, 'no finding')]
      : [
          verdictBadge(finding.verdict),
          ` ${finding.observed}`,
          el('span', { class: 'sub' }, `promised: ${finding.expected}`),
        ];
  return row(rule, said(before), said(after));
}

function valueRow({ name, before, after }: ValueChange): HTMLElement {
  return row(spelledOut(name), [valueText(before)], [valueText(after)]);
}

function shareRow({ name, before, after }: ValueChange): HTMLElement {
  const percent = (value: unknown) =>
    typeof value === 'number' ? `${Math.round(value * 1000) / 10} %` : valueText(value);
  return row(name, [percent(before)], [percent(after)]);
}

function valueText(value: unknown): string {
  if (value === null) return '–';
  return typeof value === 'number'
    ? new Intl.NumberFormat('en', { maximumFractionDigits: 3 }).format(value)
    : textOf(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `tokensPerMinute.high` as "tokens per minute, high". */
function spelledOut(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, (_, end: string, begin: string) => `${end} ${begin.toLowerCase()}`)
    .replaceAll('.', ', ');
}
