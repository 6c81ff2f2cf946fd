import { type CheckName, checkNames } from '../src/audit/declaration';
import type { LimitStatusView } from '../src/audit/limit-status';
import { attentionList } from './attention-list';
import { el } from './element';
import { every } from './every';
import { statusCells } from './status-row';
import { usageOverview } from './usage-overview';
import { verdictBadge } from './verdict-badge';
import type { View, ViewContext } from './view';
import { countOf } from './words';

/** New verdicts come by themselves, so often. */
const refreshMs = 10_000;

/** Customers × checks: verdicts and their age, what fails first. */
export async function overviewView(context: ViewContext): Promise<View> {
  const { api, signal, tell } = context;
  const first = await api.customers(null);
  let customers = first.customers;
  let token = first.continuationToken;
  let toldFailures = '';

  const search = el('input', { id: 'search', type: 'search', oninput: () => drawTable() });
  const onlyTrouble = el('input', { id: 'only-trouble', type: 'checkbox', onchange: () => drawTable() });
  const counts = el('p', { class: 'counts' });
  const attention = el('div');
  const table = el('div', { class: 'scroll', role: 'region', 'aria-label': 'Customers and checks', tabindex: '0' });
  const more = el('button', { type: 'button', onclick: () => showMore() }, 'Show more customers');

  function drawTable(): void {
    const wanted = customers.filter(
      (customer) =>
        customer.customerId.toLowerCase().includes(search.value.trim().toLowerCase()) &&
        (!onlyTrouble.checked || isTroubled(customer)),
    );
    table.replaceChildren(
      wanted.length > 0 ? tableOf(wanted, context.nowMs()) : el('p', { class: 'muted pad' }, 'No customer fits.'),
    );
  }

  function draw(): void {
    counts.replaceChildren(...countsOf(customers, token !== null));
    const failures = failingAudits(customers);
    if (failures !== toldFailures) attention.replaceChildren(attentionList(customers, context));
    toldFailures = failures;
    more.hidden = token === null;
    drawTable();
  }

  async function showMore(): Promise<void> {
    more.disabled = true;
    try {
      const page = await api.customers(token);
      customers = [...customers, ...page.customers];
      token = page.continuationToken;
      tell(`${countOf(customers.length, 'customer')} shown.`);
      draw();
    } finally {
      more.disabled = false;
    }
  }

  /** What is shown is read anew, page by page, without moving what somebody reads. */
  async function refresh(): Promise<void> {
    const fresh: LimitStatusView[] = [];
    let next: string | null = null;
    do {
      const page = await api.customers(next);
      fresh.push(...page.customers);
      next = page.continuationToken;
    } while (next !== null && fresh.length < customers.length);
    customers = fresh;
    token = next;
    draw();
  }

  draw();
  every(refreshMs, signal, refresh);
  const filters = el(
    'div',
    { class: 'filters' },
    el('label', { for: 'search' }, 'Customer', search),
    el('label', { for: 'only-trouble', class: 'inline' }, onlyTrouble, 'only with trouble'),
  );
  return {
    title: 'Customers',
    content: el(
      'div',
      {},
      el('h1', {}, 'Do our gateways keep their promises?'),
      counts,
      attention,
      filters,
      table,
      more,
      usageOverview(() => customers, context),
    ),
  };
}

/** Which audits fail now, as a text to compare. */
function failingAudits(customers: readonly LimitStatusView[]): string {
  const all = customers.flatMap(({ verdicts }) => Object.values(verdicts));
  return all.flatMap(({ verdict, auditId }) => (verdict === 'fail' ? [auditId] : [])).join();
}

function isTroubled({ verdicts, throttled }: LimitStatusView): boolean {
  return throttled !== null || Object.values(verdicts).some(({ verdict, stale }) => verdict !== 'pass' || stale);
}

function countsOf(customers: readonly LimitStatusView[], hasMore: boolean): readonly Node[] {
  const worst = customers.map(({ verdicts }) => Object.values(verdicts).map(({ verdict }) => verdict));
  const failing = worst.filter((verdicts) => verdicts.includes('fail')).length;
  const open = worst.filter((verdicts) => !verdicts.includes('fail') && verdicts.includes('inconclusive')).length;
  const unaudited = worst.filter((verdicts) => verdicts.length === 0).length;
  const passing = customers.length - failing - open - unaudited;
  const part = (verdict: 'fail' | 'inconclusive' | 'pass', number: number) =>
    number > 0 ? [el('span', { class: 'count' }, el('strong', {}, number), ' ', verdictBadge(verdict))] : [];
  return [
    el('span', { class: 'count' }, `${countOf(customers.length, 'customer')}${hasMore ? ' shown' : ''}: `),
    ...part('fail', failing),
    ...part('inconclusive', open),
    ...part('pass', passing),
    ...(unaudited > 0 ? [el('span', { class: 'count muted' }, `${unaudited} not audited yet`)] : []),
  ];
}

/** Only the checks that somebody here has, in the order of the contract's table. */
function checksOf(customers: readonly LimitStatusView[]): readonly CheckName[] {
  return checkNames.filter((check) => customers.some(({ verdicts }) => verdicts[check] !== undefined));
}

function tableOf(customers: readonly LimitStatusView[], nowMs: number): HTMLElement {
  const checks = checksOf(customers);
  const heads = ['Customer', 'Promised', 'Left', ...checks].map((name) => el('th', { scope: 'col' }, name));
  const sorted = customers.toSorted((a, b) => weight(b) - weight(a) || (a.customerId < b.customerId ? -1 : 1));
  return el(
    'table',
    { class: 'grid' },
    el('caption', { class: 'visually-hidden' }, 'Latest verdict of each check, by customer'),
    el('thead', {}, el('tr', {}, ...heads)),
    el('tbody', {}, ...sorted.map((customer) => el('tr', {}, ...statusCells(customer, checks, nowMs)))),
  );
}

function weight({ verdicts }: LimitStatusView): number {
  const all = Object.values(verdicts).map(({ verdict }) => verdict);
  if (all.includes('fail')) return 2;
  return all.includes('inconclusive') ? 1 : 0;
}
