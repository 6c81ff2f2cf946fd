import { type CheckName, checkNames } from '../src/audit/declaration';
import type { AuditRecord } from '../src/audit/history/read-audit';
import type { Exchange } from '../src/probe/exchange';
import { auditAddress } from './address';
import { ApiError } from './api-client';
import { el } from './element';
import { verdictBadge } from './verdict-badge';
import type { ViewContext } from './view';
import { count, countOf } from './words';

/** How often a running audit is looked at. */
const pollMs = 1_000;

/** What others who use the customer's key would feel. */
const saturating: ReadonlySet<string> = new Set<CheckName>([
  'token-limit',
  'isolation',
  'client-experience',
  'token-quota',
]);

interface RunNow {
  readonly customerId: string;
  /** What this customer was audited for before: offered first, since it is known to be wanted. */
  readonly audited: readonly CheckName[];
  readonly whenDone: () => Promise<void>;
}

/** Starts an audit and shows how it goes until it is done. */
export function runNow({ customerId, audited, whenDone }: RunNow, context: ViewContext): HTMLElement {
  const { api, signal, tell, nowMs } = context;
  const preferred: CheckName = audited.includes('token-limit') ? 'token-limit' : 'limit-status';
  const others = checkNames.filter((check) => !audited.includes(check));
  const choice = el(
    'select',
    { id: 'check', 'aria-describedby': 'check-hint', onchange: () => drawHint() },
    ...[...audited, ...others].map((check) => el('option', { value: check, selected: check === preferred }, check)),
  );
  const hint = el('p', { id: 'check-hint', class: 'muted' });
  const button = el('button', { type: 'submit', class: 'primary' }, 'Run this check now');
  const progress = el('div', { class: 'progress', role: 'status' });

  function drawHint(): void {
    hint.textContent = saturating.has(choice.value) ? 'This uses up the customer’s limit for a minute or two.' : '';
  }

  async function run(check: CheckName): Promise<void> {
    const { auditId, wasOpen } = await api.start(customerId, check);
    const beganMs = nowMs();
    for (;;) {
      const audit = await api.audit(customerId, auditId);
      progress.replaceChildren(...progressOf(audit, { elapsedMs: nowMs() - beganMs, wasOpen }));
      if (audit.state === 'done') {
        tell(`${check} of ${customerId}: ${audit.verdict}.`);
        return whenDone();
      }
      await pause(pollMs, signal);
    }
  }

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const check = checkNames.find((name) => name === choice.value);
    if (check === undefined) return;
    button.disabled = true;
    progress.replaceChildren('…');
    try {
      await run(check);
    } catch (error) {
      if (signal.aborted) return;
      progress.replaceChildren(el('span', { class: 'trouble' }, troubleText(error)));
    } finally {
      button.disabled = false;
    }
  }

  drawHint();
  return el(
    'section',
    { class: 'card' },
    el('h2', {}, 'Audit now'),
    el(
      'form',
      { class: 'filters', onsubmit: (event) => void submit(event) },
      el('label', { for: 'check' }, 'Check', choice),
      button,
    ),
    hint,
    progress,
  );
}

interface Going {
  readonly elapsedMs: number;
  readonly wasOpen: boolean;
}

function progressOf(audit: AuditRecord, { elapsedMs, wasOpen }: Going): readonly (Node | string)[] {
  const seconds = `${Math.round(elapsedMs / 1000)} s`;
  const before = wasOpen ? 'It was under way already. ' : '';
  switch (audit.state) {
    case 'queued':
      return [el('span', { class: 'spinner', 'aria-hidden': 'true' }), `${before}Queued, ${seconds}.`];
    case 'running': {
      return [
        el('span', { class: 'spinner', 'aria-hidden': 'true' }),
        `${before}Running, ${seconds}. ${soFar(audit.exchanges)}${limitText(audit.check)}`,
      ];
    }
    case 'done':
      return [
        verdictBadge(audit.verdict),
        ` ${countOf(audit.summary.probes, 'probe')}, ${countOf(audit.summary.tokens.total, 'token')}. `,
        el('a', { href: auditAddress(audit.customerId, audit.auditId) }, 'See what was found'),
      ];
    default:
      return audit satisfies never;
  }
}

/** What it has kept so far; it does so every 20 seconds. */
function soFar(exchanges: readonly Exchange[]): string {
  if (exchanges.length === 0) return '';
  const tokens = exchanges.reduce((sum, { usage }) => sum + (usage?.total ?? 0), 0);
  const refused = exchanges.filter(({ refusedBy }) => refusedBy !== null).length;
  return `So far ${countOf(exchanges.length, 'probe')}, ${countOf(tokens, 'token')}, ${count(refused)} refused. `;
}

function limitText(check: CheckName): string {
  return check === 'token-limit'
    ? 'The limit is used up and watched until it recovers; that takes a minute or two.'
    : '';
}

function troubleText(error: unknown): string {
  return error instanceof ApiError ? error.message : 'The audit could not be followed.';
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
