import { anApp, checksOfTests, type TestApp, type TestAppSetting } from '../../app/an-app';
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

test('one message that is delivered to two workers at once is run by one of them', async () => {
  const all = await open(2, { customers: [{ checks: ['limit-status', 'access', 'token-limit'] }] });
  const [first] = all;
  const job = first?.sent[0]?.job;
  if (first === undefined || job === undefined) throw new Error('Nothing was due.');
  expect(await workOff([job, job], all)).toEqual([]);
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
  const all = await open(4, setting);
  const jobs = all[0]?.sent.map(({ job }) => job) ?? [];
  expect(await workOff(jobs, all)).toEqual([]);

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

describe('leases', () => {
  const time = (nowMs: number) => ({ nowMs, untilMs: nowMs + 60_000 });

  test('all that are wanted are taken together or none, and each owner has a higher fence', async () => {
    const [worker] = await open(1, {});
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
    const [worker] = await open(1, {});
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
  const [worker] = await open(1, { customers: [{ checks: ['access'] }] });
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
