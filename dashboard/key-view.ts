import { el } from './element';
import type { View } from './view';

/** Asks for the function key. */
export function keyView(trouble: string | null, onKey: (key: string) => void): View {
  const input = el('input', {
    id: 'key',
    name: 'key',
    type: 'password',
    autocomplete: 'off',
    spellcheck: 'false',
    required: true,
    autofocus: true,
    'aria-describedby': trouble === null ? 'key-help' : 'key-trouble key-help',
    'aria-invalid': trouble === null ? null : 'true',
  });
  const submit = (event: Event) => {
    event.preventDefault();
    const key = input.value.trim();
    if (key !== '') onKey(key);
  };
  const form = el(
    'form',
    { class: 'card narrow', onsubmit: submit },
    el('h1', {}, 'Do our gateways keep their promises?'),
    el(
      'p',
      {},
      'This page shows what was promised to each customer and what audits measured. It needs the key of the service.',
    ),
    el('label', { for: 'key' }, 'Function key'),
    input,
    trouble !== null && el('p', { id: 'key-trouble', class: 'trouble', role: 'alert' }, trouble),
    el(
      'p',
      { id: 'key-help', class: 'muted' },
      'It is kept in this tab only and forgotten when the tab is closed. After npm start it is the part behind “code=” of the printed addresses; in Azure: Function App, App keys.',
    ),
    el('button', { type: 'submit', class: 'primary' }, 'Show the audits'),
  );
  queueMicrotask(() => input.focus());
  return { title: 'Key', content: form };
}
