import { ApiError } from './api-client';
import { el } from './element';
import type { ViewContext } from './view';

/** The audit pack and the history as files. They are fetched with the key in a header: an address would show it. */
export function downloadButtons(customerId: string, { api, signal }: ViewContext): HTMLElement {
  const trouble = el('p', { class: 'trouble', role: 'alert', hidden: true });
  const button = (label: string, path: string, fileName: string) => {
    const element = el('button', { type: 'button' }, label);
    element.addEventListener('click', async () => {
      element.disabled = true;
      trouble.hidden = true;
      try {
        save(await api.file(customerId, path), fileName);
      } catch (error) {
        if (signal.aborted) return;
        trouble.textContent = error instanceof ApiError ? error.message : 'The file could not be saved.';
        trouble.hidden = false;
      } finally {
        element.disabled = false;
      }
    });
    return element;
  };
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Take it with you'),
    el(
      'p',
      { class: 'muted' },
      'The audit pack is one page that opens anywhere: promise, measurements, pictures and how to verify them.',
    ),
    el(
      'div',
      { class: 'filters' },
      button('Audit pack (HTML)', 'report', `gateway-audit-${customerId}.html`),
      button('History as CSV', 'audits/export?format=csv', `gateway-audit-${customerId}.csv`),
      button('History as NDJSON', 'audits/export?format=ndjson', `gateway-audit-${customerId}.ndjson`),
    ),
    trouble,
  );
}

function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  el('a', { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}
