import { totalCost } from '../../../src/audit/charges';
import type { BudgetLimits } from '../../../src/audit/running/budgets';
import { createTokenReserve } from '../../../src/audit/running/token-reserve';
import type { TestApp, TestAppSetting } from '../../app/an-app';
import { aCheck } from '../a-check';
import { chainOf } from './an-open-job';
import { customerIds, someWorkers, tenMinutesMs, workOff } from './some-workers';

const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

async function open(count: number, setting: TestAppSetting): Promise<TestApp[]> {
  workers.push(...(await someWorkers(count, setting)));
  return [...workers];
}

test('eight workers that reserve at once never have more than the budget, to the token', async () => {
  const [worker] = await open(1, {});
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
  const all = await open(8, {
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
  const [worker] = await open(1, { customers: [{ checks: ['limit-status'], maxTokensPerDay: 30 }] });
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
  const [worker] = await open(1, { customers: [{ checks: ['access'] }], answer: () => ({ usage }) });
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
  const [worker] = await open(1, {});
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

test("a gateway that lies about its usage ends its own customer's day, not the service's", async () => {
  const usage = { prompt: 99_999_999, completion: 1, total: 100_000_000 };
  const all = await open(1, {
    customers: [{ checks: ['access'] }, { checks: ['access'] }],
    rest: { maxTokensPerDay: 10_000 },
    answer: ({ auditId }) => (auditId === liarId ? { usage } : {}),
  });
  const [worker] = all;
  const jobs = worker?.sent.map(({ job }) => job) ?? [];
  const liarId = jobs.find(({ customerId }) => customerId === 'contoso')?.audits[0]?.auditId;
  if (worker === undefined || liarId === undefined) throw new Error('Nothing was due.');
  expect(await workOff(jobs, all)).toEqual([]);
  const { customer, service } = await worker.storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' });
  expect([customer.settledTokens, service.settledTokens < 3000]).toEqual([100_000_000, true]);
  expect((await chainOf(worker, 'customer-1')).map(({ verdict }) => verdict)).toEqual(['pass']);
});
