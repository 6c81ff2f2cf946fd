import type { BudgetLimits } from '../../src/audit/budgets';
import { totalCost } from '../../src/audit/charges';
import type { AuditJob } from '../../src/audit/ports';
import { createTokenReserve } from '../../src/audit/token-reserve';
import { anApp, checksOfTests, type TestApp, type TestAppSetting } from '../app/an-app';
import { aCheck } from './a-check';
import { chainOf } from './an-open-job';

const tenMinutesMs = 600_000;
const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

async function someWorkers(count: number, setting: TestAppSetting): Promise<TestApp[]> {
  const first = await anApp(setting);
  workers.push(first);
  await first.app.planDue();
  const others = Array.from({ length: count - 1 }, () => anApp({ ...setting, worksBeside: first }));
  workers.push(...(await Promise.all(others)));
  return [...workers];
}

/** Delivers every job to the workers, and what they put back, until nothing is left. */
async function workOff(jobs: readonly AuditJob[], all: readonly TestApp[]): Promise<void> {
  const [first] = all;
  const ofPlanner = first?.sent.length ?? 0;
  const taken = new Map<TestApp, number>(all.map((worker) => [worker, worker === first ? ofPlanner : 0]));
  let left = [...jobs];
  for (let round = 0; left.length > 0 && round < 100; round++) {
    await Promise.all(left.map((job, at) => all[at % all.length]?.app.runJob(job, tenMinutesMs)));
    left = all.flatMap((worker) => worker.sent.slice(taken.get(worker)).map(({ job }) => job));
    for (const worker of all) taken.set(worker, worker.sent.length);
    await first?.pass(20_000);
  }
  expect(left).toEqual([]);
}

const customerIds = (count: number) => [
  'contoso',
  ...Array.from({ length: count - 1 }, (_, at) => `customer-${at + 1}`),
];

test('one message that is delivered to two workers at once is run by one of them', async () => {
  const all = await someWorkers(2, { customers: [{ checks: ['limit-status', 'access', 'token-limit'] }] });
  const [first] = all;
  const job = first?.sent[0]?.job;
  if (first === undefined || job === undefined) throw new Error('Nothing was due.');
  await workOff([job, job], all);
  const chain = await chainOf(first);
  expect(chain.map(({ check, verdict }) => [check, verdict])).toEqual([
    ['limit-status', 'pass'],
    ['access', 'pass'],
    ['token-limit', 'pass'],
  ]);
  expect(all.flatMap(({ orders }) => orders)).toHaveLength(5);
  expect(await first.storage.open.readAll()).toEqual([]);
});

test('never two audits at once on one counter, nor two that use up limits on one gateway, over all workers', async () => {
  const running = new Map<string, number>();
  const together: string[][] = [];
  const watched = (name: 'access' | 'token-limit') => aCheck({ name, saturates: name === 'token-limit', probes: 3 });
  const setting: TestAppSetting = {
    // Two counters with three customers each.
    customers: Array.from({ length: 6 }, (_, at) => ({ checks: ['access', 'token-limit'], counter: `c${at % 2}` })),
    checks: { ...checksOfTests, access: watched('access'), 'token-limit': watched('token-limit') },
    answer: ({ auditId }) => {
      running.set(auditId, (running.get(auditId) ?? 0) + 1);
      const now = [...running].filter(([, sent]) => sent < 3).map(([id]) => id);
      together.push(now.includes(auditId) ? now : [...now, auditId]);
      return {};
    },
  };
  const all = await someWorkers(4, setting);
  const jobs = all[0]?.sent.map(({ job }) => job) ?? [];
  await workOff(jobs, all);

  const factsOf = new Map(
    jobs.flatMap(({ audits }) => audits).map(({ auditId, customerId, check }) => [auditId, { customerId, check }]),
  );
  const ids = customerIds(6);
  for (const audits of together) {
    const counters = audits.map((id) => ids.indexOf(factsOf.get(id)?.customerId ?? '') % 2);
    expect(new Set(counters).size).toBe(counters.length);
    expect(audits.filter((id) => factsOf.get(id)?.check === 'token-limit').length).toBeLessThanOrEqual(1);
  }
  expect([...running.values()]).toEqual(Array(12).fill(3));
});

describe('budgets', () => {
  test('eight workers that reserve at once never have more than the budget, to the token', async () => {
    const [worker] = await someWorkers(1, {});
    if (worker === undefined) throw new Error('There is a worker.');
    const { storage, clock } = worker;
    const limits: BudgetLimits = { customer: 400, service: 1000 };
    const held = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const reserve = createTokenReserve({
          budgets: storage.budgets,
          clock,
          customerId: `customer-${at % 4}`,
          reservationId: `audit-${at}:1`,
          limits,
          chunkTokens: 50,
        });
        let tokens = 0;
        for (let wanted = 37; wanted < 1000; wanted += 37) tokens = await reserve.raiseTo(wanted);
        return { reserve, tokens, customer: at % 4 };
      }),
    );
    const byCustomer = [0, 1, 2, 3].map((customer) =>
      held.filter((one) => one.customer === customer).reduce((sum, { tokens }) => sum + tokens, 0),
    );
    const total = byCustomer.reduce((sum, tokens) => sum + tokens, 0);
    expect(byCustomer.every((tokens) => tokens <= 400)).toBe(true);
    expect([total <= 1000, total > 1000 - 37]).toEqual([true, true]);

    const costs = held.map(({ tokens }) => Math.max(0, tokens - 10));
    await Promise.all(held.map(({ reserve }, at) => reserve.settle(costs[at] ?? 0)));
    await Promise.all(held.map(({ reserve }) => reserve.settle(1)));
    const { service } = await storage.budgets.read({ day: '2026-01-05', customerId: 'customer-0' });
    expect(service).toEqual({ settledTokens: costs.reduce((sum, tokens) => sum + tokens, 0), reservedTokens: 0 });
  });

  test("no more is sent than the service's day allows, by however many workers, and who was refused is recorded", async () => {
    const greedy = aCheck({ probes: 10 });
    const all = await someWorkers(8, {
      customers: Array.from({ length: 8 }, () => ({ checks: ['limit-status'], maxTokensPerDay: 10_000 })),
      checks: { 'limit-status': greedy },
      rest: { maxTokensPerDay: 600 },
      // What costs its bound: the gateway does not say what it charged.
      answer: () => ({ usage: null }),
    });
    const [first] = all;
    if (first === undefined) throw new Error('There is a worker.');
    await workOff(
      first.sent.map(({ job }) => job),
      all,
    );
    const reports = (await Promise.all(customerIds(8).map((id) => chainOf(first, id)))).flat();
    const evidence = await Promise.all(
      reports.map(({ customerId, auditId }) => first.storage.history.readReport(customerId, auditId)),
    );
    const spent = totalCost(evidence.flatMap((stored) => stored?.evidence.exchanges ?? []));
    const sent = all.flatMap(({ orders }) => orders).length;
    expect(reports).toHaveLength(8);
    expect([spent, spent <= 600, spent > 600 - 150]).toEqual([32 * sent, true, true]);
    const { service } = await first.storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' });
    expect(service).toEqual({ settledTokens: spent, reservedTokens: 0 });
    const unpaid = reports.filter(({ stoppedBecause }) => /budget/.test(stoppedBecause));
    expect(unpaid.length).toBeGreaterThanOrEqual(4);
  });

  test('an audit that today cannot pay for is inconclusive, sends nothing and is not tried again until it is due', async () => {
    const [worker] = await someWorkers(1, { customers: [{ checks: ['limit-status'], maxTokensPerDay: 30 }] });
    const job = worker?.sent[0]?.job;
    if (worker === undefined || job === undefined) throw new Error('Nothing was due.');
    const { reports } = await worker.app.runJob(job, tenMinutesMs);
    expect(reports).toMatchObject([
      {
        verdict: 'inconclusive',
        findings: [],
        stoppedBecause: "nothing was sent: of today's budget 30 tokens are left, which do not pay for it",
      },
    ]);
    expect(reports[0]).not.toHaveProperty('interrupted');
    expect(worker.orders).toEqual([]);
    expect(await worker.app.planDue()).toEqual({ claimed: [], refused: [] });
  });

  test('what a gateway charges beyond what a probe asked for is booked, and told', async () => {
    const usage = { prompt: 480, completion: 20, total: 500 };
    const [worker] = await someWorkers(1, { customers: [{ checks: ['access'] }], answer: () => ({ usage }) });
    const job = worker?.sent[0]?.job;
    if (worker === undefined || job === undefined) throw new Error('Nothing was due.');
    const { reports } = await worker.app.runJob(job, tenMinutesMs);
    expect(reports[0]?.stoppedBecause).toBe(
      "it has seen enough; its probes cost 350 tokens more than they were bound to, by the gateway's own count",
    );
    const { customer } = await worker.storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' });
    expect(customer).toEqual({ settledTokens: 500, reservedTokens: 0 });
  });

  test('what is set aside past midnight is booked on the new day', async () => {
    const [worker] = await someWorkers(1, {});
    if (worker === undefined) throw new Error('There is a worker.');
    const { storage, clock } = worker;
    const reserve = createTokenReserve({
      budgets: storage.budgets,
      clock,
      customerId: 'contoso',
      reservationId: 'audit:1',
      limits: { customer: 100 },
      chunkTokens: 0,
    });
    expect(await reserve.raiseTo(80)).toBe(80);
    await worker.pass(12 * 3_600_000);
    expect(await reserve.raiseTo(150)).toBe(150);
    await reserve.settle(120);
    const days = await Promise.all(
      ['2026-01-05', '2026-01-06'].map((day) => storage.budgets.read({ day, customerId: 'contoso' })),
    );
    expect(days.map(({ customer }) => customer)).toEqual([
      { settledTokens: 80, reservedTokens: 0 },
      { settledTokens: 40, reservedTokens: 0 },
    ]);
    await storage.budgets.purgeBefore('2026-01-06');
    const purged = await storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' });
    expect([purged.customer.settledTokens, purged.service.settledTokens]).toEqual([0, 0]);
  });
});

describe('leases', () => {
  const time = (nowMs: number) => ({ nowMs, untilMs: nowMs + 60_000 });

  test('all that are wanted are taken together or none, and each owner has a higher fence', async () => {
    const [worker] = await someWorkers(1, {});
    if (worker === undefined) throw new Error('There is a worker.');
    const { leases } = worker.storage;
    const held = await leases.take(['gateway main', 'counter a'], 'first', time(0));
    expect(held?.map(({ key, fence }) => [key, fence])).toEqual([
      ['counter a', 1],
      ['gateway main', 1],
    ]);
    expect(await leases.take(['counter b', 'gateway main'], 'second', time(59_999))).toBeNull();
    expect(await leases.isHeld('counter b', 59_999)).toBe(false);
    const later = await leases.take(['counter b', 'gateway main'], 'second', time(60_000));
    expect(later?.map(({ fence }) => fence)).toEqual([2, 2]);
    const [counter, gateway] = held ?? [];
    if (counter === undefined || gateway === undefined) throw new Error('Two were taken.');
    expect([await leases.renew(counter, 90_000), await leases.renew(gateway, 90_000)]).toEqual([
      { ...counter, untilMs: 90_000 },
      null,
    ]);
    await leases.release(gateway);
    expect(await leases.isHeld('gateway main', 60_001)).toBe(true);
  });

  test('a counter whose last owner was never heard of again counts as charged until its lease ended', async () => {
    const [worker] = await someWorkers(1, {});
    if (worker === undefined) throw new Error('There is a worker.');
    const { leases, charges } = worker.storage;
    await charges.record('a', { atMs: 1000, tokens: 20 });
    await leases.take(['counter a'], 'lost', time(2000));
    await leases.take(['counter a'], 'next', time(100_000));
    expect(await charges.last('a')).toEqual({ atMs: 62_000, tokens: 0 });
  });
});

describe('at once, beside workers of the same storage', () => {
  const wanted = [{ customerId: 'contoso', check: 'limit-status' }] as const;

  test('an audit waits until its counter is free', async () => {
    const worker = await anApp({ customers: [{ checks: ['access'] }] });
    workers.push(worker);
    await worker.app.health();
    const nowMs = worker.clock.nowMs();
    await worker.storage.leases.take(['counter contoso'], 'a worker', { nowMs, untilMs: nowMs + 60_000 });
    const [report] = await worker.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
    expect(report?.startedAt).toBe(new Date(nowMs + 60_000).toISOString());
    expect(await worker.storage.leases.isHeld('counter contoso', nowMs + 60_200)).toBe(false);
  });

  test('one that is aborted while it waits leaves nothing open', async () => {
    const worker = await anApp({ customers: [{ checks: ['access'] }] });
    workers.push(worker);
    await worker.app.health();
    const nowMs = worker.clock.nowMs();
    await worker.storage.leases.take(['counter contoso'], 'a worker', { nowMs, untilMs: nowMs + 60_000 });
    const stopping = new AbortController();
    const running = worker.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true, signal: stopping.signal });
    await worker.pass(7000);
    stopping.abort();
    expect([await running, worker.orders, await worker.storage.open.readAll()]).toEqual([[], [], []]);
  });
});

test.each([
  ['queued, its message lost', 'queued' as const],
  ['running, its worker dead', 'running' as const],
])('an audit that is %s is sent again after a quarter of an hour, once', async (_, state) => {
  const [worker] = await someWorkers(1, { customers: [{ checks: ['access'] }] });
  const job = worker?.sent[0]?.job;
  const audit = job?.audits[0];
  if (worker === undefined || audit === undefined) throw new Error('Nothing was due.');
  const { storage, app, sent } = worker;
  if (state === 'running') {
    await storage.history.beginAttempt('contoso', audit.auditId, worker.clock.nowMs());
    await storage.open.setRunning('contoso', 'access', audit.auditId, worker.clock.nowMs());
  }
  await worker.pass(14 * 60_000);
  await app.planDue();
  expect(sent).toHaveLength(1);
  await worker.pass(60_000);
  const nowMs = worker.clock.nowMs();
  const [lease] = (await storage.leases.take(['counter contoso'], 'a worker', { nowMs, untilMs: nowMs + 1 })) ?? [];
  await app.planDue();
  expect(sent).toHaveLength(1);
  if (lease !== undefined) await storage.leases.release(lease);
  await Promise.all([app.planDue(), app.planDue()]);
  expect(sent.slice(1)).toEqual([{ job, delayMs: 0 }]);
  const { reports } = await app.runJob(sent[1]?.job ?? { customerId: '', audits: [] }, tenMinutesMs);
  expect(reports.at(-1)).toMatchObject({ auditId: audit.auditId, verdict: 'pass' });
  expect(reports).toHaveLength(state === 'running' ? 2 : 1);
});
