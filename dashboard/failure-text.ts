import type { Finding } from '../src/audit/verdict';
import { el } from './element';

/** One finding that fails, as a promise and what was seen instead. */
export function failureText({ rule, expected, observed, because }: Finding): HTMLElement {
  return el(
    'div',
    { class: 'failure' },
    el(
      'dl',
      {},
      el('dt', {}, 'promised'),
      el('dd', {}, expected),
      el('dt', {}, 'measured'),
      el('dd', { class: 'bad' }, observed),
    ),
    el('p', {}, because, el('span', { class: 'muted' }, ` (${rule})`)),
  );
}
