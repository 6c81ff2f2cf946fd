import type { CustomerDeclaration, Declaration } from '../../../src/audit/declaration';
import {
  expectedChecks,
  isStale,
  missedAudits,
  planAudits,
  type Situation,
} from '../../../src/audit/planning/plan-audits';
import { spreadOffsetMs } from '../../../src/audit/planning/schedule';
import type { CheckStatus, LimitStatus } from '../../../src/audit/ports';
import { aCheck } from '../a-check';
import { aCustomer, aDeclaration } from '../a-declaration';

const hourMs = 3_600_000;
const daily = '0 0 3 * * *';
const offsetMs = spreadOffsetMs('contoso', 'access', daily);
/** When contoso's daily check falls due on 5 January. */
const dueMs = Date.UTC(2026, 0, 5, 3) + offsetMs;

function finished(atMs: number): CheckStatus {
  return { verdict: 'pass', auditId: 'a', sequence: 1, finishedAt: new Date(atMs).toISOString() };
}

function aStatus(customerId: string, parts: Partial<LimitStatus>): LimitStatus {
  return {
    customerId,
    gatewayId: 'main',
    declared: { tokensPerMinute: 1000 },
    observed: null,
    throttled: null,
    verdicts: {},
    head: null,
    spent: { day: '', tokens: 0 },
    ...parts,
  };
}

function aSituation(parts: Partial<Situation> & { readonly customer?: Partial<CustomerDeclaration> } = {}): Situation {
  const { customer, ...rest } = parts;
  const customers = rest.customers ?? [aCustomer({ checks: ['access'], ...customer })];
  return {
    customers,
    declarationOf: (customerId): Declaration => aDeclaration(customers.find(({ id }) => id === customerId)),
    checks: {
      access: aCheck({ name: 'access' }),
      'limit-status': aCheck(),
      'token-limit': aCheck({ name: 'token-limit', saturates: true }),
    },
    statuses: [],
    open: [],
    nowMs: dueMs,
    ...rest,
  };
}

const ranAt = (atMs: number) => [aStatus('contoso', { verdicts: { access: finished(atMs) } })];
const dueNow = [{ customerId: 'contoso', audits: [{ customerId: 'contoso', check: 'access', dueMs }] }];

describe('a check is due', () => {
  test('at once where it has never run', () => {
    const nowMs = dueMs + 12_345;
    expect(planAudits(aSituation({ nowMs }))).toEqual([
      { customerId: 'contoso', audits: [{ customerId: 'contoso', check: 'access', dueMs: nowMs }] },
    ]);
  });

  test.each([
    ['when its hour and its share of the spread have come', dueMs, dueMs - 24 * hourMs, true],
    ['not a millisecond before', dueMs - 1, dueMs - 24 * hourMs, false],
    ['still, hours later, where it has not run', dueMs + 5 * hourMs, dueMs - 24 * hourMs, true],
    ['not again once it has run', dueMs + 5 * hourMs, dueMs + 1000, false],
    ['not again where it ran at that very moment', dueMs, dueMs, false],
  ])('%s', (_, nowMs, lastMs, isDue) => {
    expect(planAudits(aSituation({ nowMs, statuses: ranAt(lastMs) }))).toEqual(isDue ? dueNow : []);
  });

  test('not while it is queued or running', () => {
    const open = { customerId: 'contoso', check: 'access', auditId: 'a', state: 'queued', sinceMs: 0 } as const;
    expect(planAudits(aSituation({ open: [open] }))).toEqual([]);
    expect(planAudits(aSituation({ open: [{ ...open, customerId: 'fabrikam' }] }))).toHaveLength(1);
    expect(planAudits(aSituation({ open: [{ ...open, check: 'usage' }] }))).toHaveLength(1);
  });

  test('not in quiet hours, but after them', () => {
    const customer = { quietHours: ['22:00-06:00Z'] };
    const statuses = ranAt(dueMs - 24 * hourMs);
    expect(planAudits(aSituation({ customer, statuses }))).toEqual([]);
    expect(planAudits(aSituation({ customer, statuses, nowMs: Date.UTC(2026, 0, 5, 6) }))).toEqual(dueNow);
  });

  test("whatever today's budget has left: that an audit could not be paid for belongs in the history", () => {
    const statuses = [aStatus('contoso', { spent: { day: '2026-01-05', tokens: 1000 } })];
    expect(planAudits(aSituation({ customer: { maxTokensPerDay: 1000 }, statuses }))).toHaveLength(1);
  });

  test('only where that check is there', () => {
    expect(planAudits(aSituation({ customer: { checks: ['config-drift'] } }))).toEqual([]);
  });
});

test("a job holds one customer's due checks, what uses up its limit last", () => {
  const customers = ['contoso', 'fabrikam'].map((id) =>
    aCustomer({ id, checks: ['token-limit', 'limit-status', 'access'] }),
  );
  const jobs = planAudits(aSituation({ customers }));
  expect(jobs.map(({ customerId, audits }) => [customerId, audits.map(({ check }) => check)])).toEqual([
    ['contoso', ['limit-status', 'access', 'token-limit']],
    ['fabrikam', ['limit-status', 'access', 'token-limit']],
  ]);
});

test('customers of one schedule do not all fall due at once', () => {
  const customers = Array.from({ length: 200 }, (_, index) => aCustomer({ id: `c${index}`, checks: ['access'] }));
  const statuses = customers.map(({ id }) => aStatus(id, { verdicts: { access: finished(Date.UTC(2026, 0, 4, 12)) } }));
  const dueBy = (minutes: number) =>
    planAudits(aSituation({ customers, statuses, nowMs: Date.UTC(2026, 0, 5, 3, minutes) })).length;
  expect([dueBy(0) < 20, dueBy(15) > 25, dueBy(15) < 75, dueBy(60)]).toEqual([true, true, true, 200]);
});

describe('an audit was missed', () => {
  const missed = [{ customerId: 'contoso', check: 'access', dueMs }];
  const dayMs = 24 * hourMs;
  const iso = (atMs: number) => new Date(atMs).toISOString();
  /** Contoso's row: its last audit ended at `lastMs` (null: it never ran), and it is expected since `sinceMs`. */
  const known = (lastMs: number | null, parts: Partial<LimitStatus> = {}, sinceMs = dueMs - 3 * dayMs) => [
    aStatus('contoso', {
      verdicts: lastMs === null ? {} : { access: finished(lastMs) },
      expected: { access: { schedule: aCustomer().schedule.access, since: iso(sinceMs) } },
      ...parts,
    }),
  ];

  test.each([
    ['an hour after it was due', dueMs + hourMs, dueMs - dayMs, missed],
    ['not yet a moment before that', dueMs + hourMs - 1, dueMs - dayMs, []],
    ['not where it ran late', dueMs + 2 * hourMs, dueMs + hourMs, []],
  ])('%s', (_, nowMs, lastMs, expected) => {
    const situation = aSituation({ nowMs, statuses: known(lastMs) });
    const status = situation.statuses[0] ?? null;
    expect(missedAudits(situation)).toEqual(expected);
    expect(isStale(aCustomer({ checks: ['access'] }), 'access', { nowMs, status })).toBe(expected.length > 0);
  });

  const nowMs = dueMs + 90 * 60_000;
  test.each([
    ['not while it runs that began in time', dueMs + 59 * 60_000, []],
    ['where it is queued that came too late', dueMs + 61 * 60_000, missed],
    ['where it has been queued for an hour', dueMs + 29 * 60_000, missed],
  ])('%s', (_, sinceMs, expected) => {
    const open = [{ customerId: 'contoso', check: 'access', auditId: 'a', state: 'queued', sinceMs } as const];
    expect(missedAudits(aSituation({ nowMs, statuses: known(dueMs - dayMs), open }))).toEqual(expected);
  });

  const recorded = (atMs: number) => ({ access: { dueAt: iso(atMs), auditId: 'm', sequence: 2, count: 1 } });
  test.each([
    ['once: not where it is recorded', known(dueMs - dayMs, { missed: recorded(dueMs) }), []],
    ['again at its next occurrence', known(dueMs - 2 * dayMs, { missed: recorded(dueMs - dayMs) }), missed],
    ['not where nobody has expected it yet', known(dueMs - dayMs, { expected: {} }), []],
    ['not where it was due before it was expected', known(dueMs - dayMs, {}, dueMs + 1), []],
    [
      'not where its schedule was another one then',
      known(dueMs - dayMs, { expected: { access: { schedule: '0 0 5 * * *', since: iso(dueMs - dayMs) } } }),
      [],
    ],
    ['where it never ran', known(null), missed],
    [
      'where it never ran and was configured an hour ago: it is due at once',
      known(null, {}, dueMs + 30 * 60_000),
      [{ customerId: 'contoso', check: 'access', dueMs: dueMs + 30 * 60_000 }],
    ],
    ['not where it never ran and was configured just now', known(null, {}, dueMs + 31 * 60_000), []],
  ])('%s', (_, statuses, expected) => {
    expect(missedAudits(aSituation({ nowMs, statuses }))).toEqual(expected);
  });

  test.each([
    ['not in quiet hours', '03:00-07:00Z', 4, []],
    ['not within the hour after them', '03:00-07:00Z', 7.9, []],
    ['an hour after them', '03:00-07:00Z', 8.02, missed],
  ])('%s', (_, quietHours, hour, expected) => {
    const atMs = Date.UTC(2026, 0, 5) + hour * hourMs;
    const customer = aCustomer({ checks: ['access'], quietHours: [quietHours] });
    const statuses = known(dueMs - dayMs);
    expect(missedAudits(aSituation({ customers: [customer], nowMs: atMs, statuses }))).toEqual(expected);
    expect(isStale(customer, 'access', { nowMs: atMs, status: statuses[0] ?? null })).toBe(expected.length > 0);
  });
});

describe('what is expected', () => {
  const checks = aSituation().checks;
  const customer = aCustomer({ checks: ['access', 'config-drift'] });
  const schedule = customer.schedule.access;
  const since = new Date(dueMs).toISOString();
  const at = (status: LimitStatus | null) => expectedChecks(customer, checks, { nowMs: dueMs, status });

  test.each<[string, LimitStatus['expected'], LimitStatus['expected'] | null]>([
    ['is noted when it is first seen', undefined, { access: { schedule, since } }],
    ['stays as it was noted', { access: { schedule, since: 'earlier' } }, null],
    [
      'begins anew with another schedule',
      { access: { schedule: '0 0 5 * * *', since: 'earlier' } },
      { access: { schedule, since } },
    ],
    [
      'ends with the check',
      { access: { schedule, since: 'earlier' }, usage: { schedule, since: 'earlier' } },
      { access: { schedule, since: 'earlier' } },
    ],
  ])('%s', (_, expected, answer) => {
    expect(at(aStatus('contoso', expected === undefined ? {} : { expected }))).toEqual(answer);
  });

  test('is noted of a customer without a row', () => {
    expect(at(null)).toEqual({ access: { schedule, since } });
  });
});

test('a verdict of a check that is no longer scheduled is never stale', () => {
  const status = aStatus('contoso', { verdicts: { usage: finished(0) } });
  expect(isStale(aCustomer({ checks: ['access'] }), 'usage', { nowMs: dueMs, status })).toBe(false);
});
