import { forgetKey, keepKey, readKey, takeKeyFromAddress } from './access-key';
import { ApiError, openApi } from './api-client';
import { auditView } from './audit-view';
import { customerView } from './customer-view';
import { diffView } from './diff-view';
import { el } from './element';
import { keyView } from './key-view';
import { overviewView } from './overview-view';
import type { View, ViewContext } from './view';

takeKeyFromAddress();

const content = byId('content');
const news = byId('news');
const forget = byId('forget');
let left = new AbortController();

forget.addEventListener('click', () => {
  forgetKey();
  show();
});
addEventListener('hashchange', show);
// The address names the view, so the link must not change it.
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();
  content.focus();
});
show();

/** Shows what the address names; the view that was shown before is left. */
async function show(): Promise<void> {
  left.abort();
  left = new AbortController();
  const { signal } = left;
  const key = readKey();
  forget.hidden = key === null;
  if (key === null) return put(askForKey(null));
  content.setAttribute('aria-busy', 'true');
  try {
    const view = await viewOf(location.hash, { api: openApi(key, signal), signal, nowMs: Date.now, tell });
    if (!signal.aborted) put(view);
  } catch (error) {
    if (signal.aborted) return;
    put(afterTrouble(error));
  } finally {
    if (!signal.aborted) content.removeAttribute('aria-busy');
  }
}

function viewOf(hash: string, context: ViewContext): Promise<View> {
  const [, customers, customerId, what, first, second] = hash.replace(/^#/, '').split('/').map(decodeURIComponent);
  if (customers !== 'customers' || !customerId) return overviewView(context);
  if (what === 'audits' && first) return auditView({ customerId, auditId: first }, context);
  if (what === 'diff' && first && second) return diffView({ customerId, against: first, auditId: second }, context);
  return customerView(customerId, context);
}

function askForKey(trouble: string | null): View {
  return keyView(trouble, (key) => {
    keepKey(key);
    show();
  });
}

function afterTrouble(error: unknown): View {
  if (error instanceof ApiError && error.status === 401) {
    forgetKey();
    forget.hidden = true;
    return askForKey('The service refused this key.');
  }
  const text = error instanceof ApiError ? error.message : 'The page has met a fault of its own.';
  const again = el('button', { type: 'button', onclick: () => show() }, 'Try again');
  return {
    title: 'Something is wrong',
    content: el('div', { class: 'card' }, el('h1', {}, 'Something is wrong'), el('p', { role: 'alert' }, text), again),
  };
}

function put({ title, content: shown }: View): void {
  document.title = `${title} · gateway-audit`;
  content.replaceChildren(shown);
  scrollTo(0, 0);
  const heading = content.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  if (content.querySelector('[autofocus]') === null) heading?.focus({ preventScroll: true });
}

function tell(text: string): void {
  news.textContent = text;
}

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`The page has no element ${id}.`);
  return element;
}
