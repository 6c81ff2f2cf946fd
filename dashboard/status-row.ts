import type { CheckName } from '../src/audit/declaration';
import type { LimitStatusView } from '../src/audit/limit-status';
import { auditAddress, customerAddress } from './address';
import { el } from './element';
import { verdictBadge } from './verdict-badge';
import { count, momentText, whenOf } from './words';

/** The cells of one customer in the overview. */
export function statusCells(
  status: LimitStatusView,
  checks: readonly CheckName[],
  nowMs: number,
): readonly HTMLElement[] {
  const { customerId, gatewayId, declared, observed, throttled } = status;
  const left = observed?.remainingTokens;
  return [
    el(
      'th',
      { scope: 'row' },
      el('a', { href: customerAddress(customerId) }, customerId),
      el('span', { class: 'sub' }, gatewayId),
    ),
    el('td', { class: 'number' }, count(declared.tokensPerMinute), el('span', { class: 'sub' }, 'tokens/min')),
    el(
      'td',
      { class: 'number' },
      left === null || left === undefined ? '–' : count(left),
      el('span', { class: 'sub' }, throttled === null ? observed && whenOf(observed.at, nowMs) : 'throttled'),
    ),
    ...checks.map((check) => checkCell(status, check, nowMs)),
  ];
}

function checkCell({ customerId, verdicts }: LimitStatusView, check: CheckName, nowMs: number): HTMLElement {
  const known = verdicts[check];
  if (known === undefined)
    return el('td', { class: 'muted' }, '–', el('span', { class: 'visually-hidden' }, 'not audited'));
  const { verdict, auditId, finishedAt, stale } = known;
  return el(
    'td',
    {},
    el('a', { class: 'cell', href: auditAddress(customerId, auditId) }, verdictBadge(verdict)),
    el(
      'span',
      { class: 'sub', title: momentText(finishedAt) },
      whenOf(finishedAt, nowMs),
      stale && el('strong', { class: 'stale' }, ' · overdue'),
    ),
  );
}
