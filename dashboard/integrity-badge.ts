import { el } from './element';
import type { ViewContext } from './view';
import { countOf } from './words';

/** Whether the customer's history is unbroken. */
export function integrityBadge(customerId: string, { api }: ViewContext): HTMLElement {
  const badge = el('div', { class: 'integrity' });
  api.integrity(customerId).then(
    (integrity) => {
      // Of an empty history there is nothing to say.
      if (integrity.intact && integrity.audits === 0) return;
      const { intact, audits, head } = integrity;
      badge.append(
        el(
          'span',
          { class: `badge ${intact ? 'pass' : 'fail'}` },
          el('span', { class: 'symbol', 'aria-hidden': 'true' }, intact ? '✓' : '✕'),
          intact ? 'history intact' : 'history broken',
        ),
        el(
          'span',
          { class: 'sub' },
          intact
            ? `${countOf(audits, 'audit')}, chain head ${head?.hash.slice(0, 12) ?? '–'}…`
            : `audit ${integrity.firstBroken.sequence}: ${integrity.firstBroken.because}`,
        ),
      );
    },
    () => badge.append(el('span', { class: 'muted' }, 'integrity not known')),
  );
  return badge;
}
