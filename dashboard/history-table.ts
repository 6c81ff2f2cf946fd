import { checkNames } from '../src/audit/declaration';
import type { Report } from '../src/audit/report';
import { auditAddress } from './address';
import { ApiError, type HistoryQuery } from './api-client';
import { type CompareChoice, compareChoice } from './compare-choice';
import { el } from './element';
import { verdictBadge } from './verdict-badge';
import type { ViewContext } from './view';
import { count, countOf, momentText } from './words';

const pageSize = 25;

/** A customer's audits, newest first, with filters; `refresh` reads the first page anew. */
export function historyTable(
  customerId: string,
  { api, tell, signal }: ViewContext,
): { readonly element: HTMLElement; readonly refresh: () => Promise<void> } {
  const check = select('history-check', ['', ...checkNames]);
  const verdict = select('history-verdict', ['', 'fail', 'inconclusive', 'pass']);
  const from = el('input', { id: 'history-from', type: 'date' });
  const to = el('input', { id: 'history-to', type: 'date' });
  const table = el('div', { class: 'scroll', role: 'region', 'aria-label': 'History of audits', tabindex: '0' });
  const trouble = el('p', { class: 'trouble', role: 'alert', hidden: true });
  const more = el('button', { type: 'button', onclick: () => void load(token) }, 'Older audits');
  const choice = compareChoice(customerId);
  let audits: readonly Report[] = [];
  let token: string | null = null;

  /** With filters a page may be short or empty while there is more: asked on until there is something to show. */
  async function load(from_: string | null): Promise<void> {
    more.disabled = true;
    trouble.hidden = true;
    try {
      const found: Report[] = [];
      let next = from_;
      do {
        const page = await api.audits(customerId, filterOf(next));
        found.push(...page.audits);
        next = page.continuationToken;
      } while (next !== null && found.length === 0);
      audits = from_ === null ? found : [...audits, ...found];
      token = next;
      draw();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      trouble.textContent = error.message;
      trouble.hidden = false;
    } finally {
      more.disabled = false;
    }
  }

  function filterOf(continuationToken: string | null): HistoryQuery {
    return {
      check: check.value,
      verdict: verdict.value,
      from: from.value,
      to: to.value,
      top: pageSize,
      ...(continuationToken !== null && { continuationToken }),
    };
  }

  const isFiltered = () => [check, verdict, from, to].some(({ value }) => value !== '');

  function draw(): void {
    more.hidden = token === null;
    table.replaceChildren(
      audits.length > 0
        ? tableOf(customerId, audits, choice)
        : el('p', { class: 'muted pad' }, isFiltered() ? 'No audit fits.' : 'No audit has ended yet.'),
    );
    tell(`${countOf(audits.length, 'audit')} shown.`);
  }

  const refresh = () => load(null);
  for (const control of [check, verdict, from, to]) control.addEventListener('change', () => void refresh());
  const element = el(
    'section',
    { class: 'card' },
    el('h2', {}, 'History'),
    el(
      'div',
      { class: 'filters' },
      el('label', { for: check.id }, 'Check', check),
      el('label', { for: verdict.id }, 'Verdict', verdict),
      el('label', { for: from.id }, 'From (UTC)', from),
      el('label', { for: to.id }, 'To (UTC)', to),
    ),
    trouble,
    choice.bar,
    table,
    more,
  );
  return { element, refresh };
}

function select(id: string, values: readonly string[]): HTMLSelectElement {
  return el('select', { id }, ...values.map((value) => el('option', { value }, value || 'all')));
}

function tableOf(customerId: string, audits: readonly Report[], choice: CompareChoice): HTMLElement {
  const heads = ['Compare', 'Finished', 'Check', 'Verdict', 'What was seen', 'Tokens'].map((name) =>
    el('th', { scope: 'col' }, name),
  );
  return el(
    'table',
    { class: 'history' },
    el('caption', { class: 'visually-hidden' }, 'Audits, newest first'),
    el('thead', {}, el('tr', {}, ...heads)),
    el('tbody', {}, ...audits.map((report) => rowOf(customerId, report, choice))),
  );
}

function rowOf(customerId: string, report: Report, choice: CompareChoice): HTMLElement {
  const { auditId, finishedAt, check, verdict, summary, rejudgementOf, missed } = report;
  const isAgain = rejudgementOf !== undefined;
  return el(
    'tr',
    {},
    el('td', {}, choice.boxFor(report)),
    el('th', { scope: 'row' }, el('a', { href: auditAddress(customerId, auditId) }, momentText(finishedAt))),
    el('td', {}, `${check}${isAgain ? ' (judged again)' : ''}${missed ? ' (did not run)' : ''}`),
    el('td', {}, verdictBadge(verdict)),
    el('td', { class: 'free' }, whatWasSeen(report)),
    el('td', { class: 'number' }, isAgain ? '–' : count(summary.tokens.total)),
  );
}

/** The findings that made the verdict; of a pass all of them are as promised. */
function whatWasSeen({ findings, verdict, stoppedBecause }: Report): string {
  if (findings.length === 0) return stoppedBecause;
  if (verdict === 'pass') return `${countOf(findings.length, 'rule')}, all as promised`;
  const worst = findings.filter((finding) => finding.verdict === verdict);
  return worst.map(({ rule, observed }) => `${rule}: ${observed}`).join(' · ');
}
