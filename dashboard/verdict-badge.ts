import type { Verdict } from '../src/audit/verdict';
import { el } from './element';

const symbols: Readonly<Record<Verdict, string>> = { pass: '✓', fail: '✕', inconclusive: '?' };

/** A verdict by symbol, word and colour, so that none of them has to be seen. */
export function verdictBadge(verdict: Verdict): HTMLElement {
  return el(
    'span',
    { class: `badge ${verdict}` },
    el('span', { class: 'symbol', 'aria-hidden': 'true' }, symbols[verdict]),
    verdict,
  );
}
