import { type CheckName, checkNames } from '../src/audit/declaration';
import type { LimitStatusView } from '../src/audit/limit-status';
import type { Report } from '../src/audit/report';
import { auditAddress, customerAddress } from './address';
import { el } from './element';
import { failureText } from './failure-text';
import type { ViewContext } from './view';

/** So many failures are told on the first page: each takes a request. */
const mostTold = 8;

/** What fails, in words: the promise, what was seen instead, and a way to the proof. Filled in as reports come. */
export function attentionList(customers: readonly LimitStatusView[], { api }: ViewContext): HTMLElement {
  const failing = customers.flatMap(({ customerId, verdicts }) =>
    checkNames
      .filter((check) => verdicts[check]?.verdict === 'fail')
      .map((check) => ({ customerId, check, auditId: verdicts[check]?.auditId ?? '' })),
  );
  if (failing.length === 0) return el('div');
  const told = failing.slice(0, mostTold);
  const items = told.map(({ customerId, check, auditId }) => {
    const text = el('div', { class: 'muted' }, '…');
    api.audits(customerId, { check, top: 1 }).then(
      ({ audits }) => text.replaceWith(reasonsOf(audits[0])),
      () => text.replaceWith(el('div', { class: 'muted' }, 'The reasons could not be read.')),
    );
    return el(
      'li',
      {},
      itemHead(customerId, check),
      text,
      el('a', { href: auditAddress(customerId, auditId) }, `See the proof for ${customerId}, ${check}`),
    );
  });
  const rest = failing.length - told.length;
  return el(
    'section',
    { class: 'attention', 'aria-labelledby': 'attention-title' },
    el('h2', { id: 'attention-title' }, 'Promises that were not kept'),
    el('ul', {}, ...items),
    rest > 0 && el('p', { class: 'muted' }, `and ${rest} more, in the table below`),
  );
}

function itemHead(customerId: string, check: CheckName): HTMLElement {
  return el(
    'h3',
    {},
    el('a', { href: customerAddress(customerId) }, customerId),
    el('span', { class: 'muted' }, ` · ${check}`),
  );
}

function reasonsOf(report: Report | undefined): HTMLElement {
  const failures = report?.findings.filter(({ verdict }) => verdict === 'fail') ?? [];
  return el('div', {}, ...failures.slice(0, 3).map(failureText));
}
