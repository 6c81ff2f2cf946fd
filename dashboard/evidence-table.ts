import type { Exchange } from '../src/probe/exchange';
import { el } from './element';
import { count } from './words';

const heads = ['#', 'Step', 'Sent (s)', 'Took (ms)', 'Answer', 'Tokens', 'Left', 'Wait promised', 'Backend', 'Message'];

/** Every exchange, in the order in which it was sent; times are seconds since the audit began. */
export function evidenceTable(exchanges: readonly Exchange[], startedMs: number): HTMLElement {
  if (exchanges.length === 0) return el('p', { class: 'muted' }, 'Nothing was sent.');
  return el(
    'div',
    { class: 'scroll tall', role: 'region', 'aria-label': 'Every exchange', tabindex: '0' },
    el(
      'table',
      { class: 'evidence' },
      el('thead', {}, el('tr', {}, ...heads.map((name) => el('th', { scope: 'col' }, name)))),
      el(
        'tbody',
        {},
        ...exchanges.toSorted((a, b) => a.sentMs - b.sentMs).map((exchange) => rowOf(exchange, startedMs)),
      ),
    ),
  );
}

function rowOf(exchange: Exchange, startedMs: number): HTMLElement {
  const { probe, asked, sentMs, receivedMs, usage, remainingTokens, retryAfterMs, backend, message } = exchange;
  const number = (text: string) => el('td', { class: 'number' }, text);
  return el(
    'tr',
    {},
    el('th', { scope: 'row', class: 'number' }, probe),
    el('td', {}, asked.step),
    number(((sentMs - startedMs) / 1000).toFixed(1)),
    number(count(Math.round(receivedMs - sentMs))),
    el('td', {}, answerBadge(exchange)),
    number(usage === null ? '–' : count(usage.total)),
    number(remainingTokens === null ? '–' : count(remainingTokens)),
    number(retryAfterMs === null ? '–' : `${retryAfterMs / 1000} s`),
    el('td', {}, backend ?? '–'),
    el('td', { class: 'free' }, message?.slice(0, 200) ?? ''),
  );
}

function answerBadge({ status, error, refusedBy }: Exchange): HTMLElement {
  if (error !== null) return el('span', { class: 'badge fail' }, `✕ ${error.kind}`);
  if (refusedBy !== null) return el('span', { class: 'badge inconclusive' }, `⏸ ${status} ${refusedBy}`);
  const isGood = status !== null && status < 300;
  return el('span', { class: `badge ${isGood ? 'pass' : 'fail'}` }, `${isGood ? '✓' : '✕'} ${status ?? 'no answer'}`);
}
