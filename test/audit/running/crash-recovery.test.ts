import { totalCost } from '../../../src/audit/charges';
import type { AuditJob } from '../../../src/audit/ports';
import type { Report } from '../../../src/audit/report';
import { AuditorError } from '../../../src/auditor-error';
import { anApp, checksOfTests, type TestApp, type TestAppSetting } from '../../app/an-app';
import { aCheck, aProbe } from '../a-check';
import { type Death, dyingAt, replaced } from './a-dying-worker';
import { chainOf, plannedJobOf } from './an-open-job';

const tenMinutesMs = 600_000;
const leaseEndedMs = 61_000;
const key = { day: '2026-01-05', customerId: 'contoso' };

/** Three probes with 25 seconds between them: time for two checkpoints. */
const slow = aCheck({
  next: ({ exchanges, inFlight, nowMs }) => {
    if (inFlight > 0) return { do: 'wait', phase: 'waiting', untilMs: nowMs + 60_000 };
    if (exchanges.length === 3) return { do: 'stop', because: 'it has seen enough' };
    const nextMs = (exchanges.at(-1)?.receivedMs ?? 0) + 25_000;
    if (nowMs < nextMs) return { do: 'wait', phase: 'pausing', untilMs: nextMs };
    return { do: 'send', phase: 'probing', probes: [aProbe] };
  },
});

const setting = {
  customers: [{ checks: ['limit-status'] }],
  checks: { ...checksOfTests, 'limit-status': slow },
} satisfies TestAppSetting;

const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

async function aWorker(parts: TestAppSetting): Promise<TestApp> {
  const worker = await anApp({ ...setting, ...parts });
  workers.push(worker);
  return worker;
}

/** One worker dies at each of these calls, one after the other; after each its lease runs out. */
async function diedAt(deaths: readonly Death[], parts: TestAppSetting = {}) {
  const planner = await aWorker(parts);
  const job = await plannedJobOf(planner);
  for (const death of deaths) {
    const { disturb, died } = dyingAt(death);
    const worker = await aWorker({ ...parts, worksBeside: planner, disturb });
    void worker.app.runJob(job, tenMinutesMs);
    await died;
    await planner.pass(leaseEndedMs);
  }
  return { planner, job };
}

const sentBy = (all: readonly TestApp[]) => all.flatMap(({ orders }) => orders).length;

async function recorded(planner: TestApp, reports: readonly Report[]) {
  const evidence = await Promise.all(
    reports.map(({ auditId }) => planner.storage.history.readReport('contoso', auditId)),
  );
  return evidence.flatMap((stored) => stored?.evidence.exchanges ?? []);
}

describe('a worker dies', () => {
  // What the attempt's own record holds: null where there is none, since the audit was not begun, or was done.
  test.each<[string, Death['part'], string, Death['when'], number, number | null]>([
    ['with the counter leased', 'leases', 'take', 'after', 1, null],
    ['with the attempt begun', 'history', 'beginAttempt', 'after', 1, 0],
    ['with the claim renewed', 'open', 'setRunning', 'after', 1, 0],
    ['before tokens are set aside', 'budgets', 'reserve', 'before', 1, 0],
    ['with tokens set aside', 'budgets', 'reserve', 'after', 1, 0],
    ['before the first checkpoint', 'history', 'saveCheckpoint', 'before', 1, 0],
    ['with a checkpoint', 'history', 'saveCheckpoint', 'after', 1, 1],
    ['with a second checkpoint', 'history', 'saveCheckpoint', 'after', 2, 2],
    ['while it renews its lease', 'leases', 'renew', 'before', 2, 2],
    ['before its charge is kept', 'charges', 'record', 'before', 1, 2],
    ['before its budget is settled', 'budgets', 'settle', 'before', 1, 2],
    ['with its budget settled', 'budgets', 'settle', 'after', 1, 2],
    ['before the transaction', 'history', 'commit', 'before', 1, 2],
    ['with the transaction done', 'history', 'commit', 'after', 1, null],
    ['with the limit status written', 'limits', 'update', 'after', 1, null],
    ['with the claim released', 'open', 'release', 'after', 1, null],
    ['with the checkpoint deleted', 'history', 'dropCheckpoint', 'after', 1, null],
    ['before it gives the lease back', 'leases', 'release', 'before', 1, null],
  ])('%s (%s.%s, %s, call %d)', async (_, part, method, when, call, keptProbes) => {
    const { planner, job } = await diedAt([{ part, method, when, call }]);
    const recoveredMs = planner.clock.nowMs();
    const { reports, putBack, faults } = await planner.app.runJob(job, tenMinutesMs);
    const chain = await chainOf(planner);
    const own = { auditId: job.audits[0]?.auditId, verdict: 'pass', summary: { probes: 3 } };
    const broken = {
      attemptOf: own.auditId,
      interrupted: true,
      verdict: 'inconclusive',
      summary: { probes: keptProbes },
    };
    expect([putBack, faults]).toEqual([[], []]);
    expect(reports).toEqual(chain);
    expect(chain).toMatchObject(keptProbes === null ? [own] : [broken, own]);
    expect(await planner.storage.open.readAll()).toEqual([]);

    // Nothing is counted that was not sent, and all that was sent is paid for; what nobody knows of counts in full.
    const { customer, service } = await planner.storage.budgets.read(key);
    const paid = totalCost(await recorded(planner, chain));
    expect(customer.reservedTokens).toBe(0);
    expect(customer.settledTokens).toBeGreaterThanOrEqual(Math.max(paid, 20 * sentBy(workers)));
    expect(customer.settledTokens).toBeLessThanOrEqual(20 * sentBy(workers) + 150);
    expect(service).toEqual(customer);

    const ended = await planner.storage.history.readReport('contoso', own.auditId ?? '');
    if (keptProbes !== null) expect(ended?.evidence.ledgerSinceMs).toBeGreaterThanOrEqual(recoveredMs);
    if (keptProbes) expect(ended?.evidence.priorCharges.length).toBeGreaterThanOrEqual(keptProbes);
  });

  test.each<[string, Death['part'], string, Death['when'], number]>([
    ['before it records the broken attempt', 'history', 'insertPointer', 'before', 1],
    ['with the record begun', 'history', 'beginAttempt', 'after', 2],
    ['with the record kept', 'history', 'commit', 'after', 1],
    ['before the attempt is forgotten', 'history', 'forgetBroken', 'before', 1],
    ['with the attempt forgotten', 'history', 'forgetBroken', 'after', 1],
  ])('and so does the one that recovers it, %s', async (_, part, method, when, call) => {
    const first: Death = { part: 'history', method: 'saveCheckpoint', when: 'after', call: 2 };
    const { planner, job } = await diedAt([first, { part, method, when, call }]);
    await planner.app.runJob(job, tenMinutesMs);
    const chain = await chainOf(planner);
    const auditId = job.audits[0]?.auditId;
    expect(chain.map(({ attemptOf, summary }) => [attemptOf, summary.probes])).toEqual([
      [auditId, 2],
      [auditId, 0],
      [undefined, 3],
    ]);
    expect((await planner.storage.budgets.read(key)).customer.reservedTokens).toBe(0);
  });
});

test('an audit that makes its worker crash each time is given up, and its neighbours are not', async () => {
  const customers = [{ checks: ['limit-status', 'access'] }];
  const death: Death = { part: 'history', method: 'saveCheckpoint', when: 'before', call: 1 };
  const { planner, job } = await diedAt([death, death, death], { customers });
  const { faults } = await planner.app.runJob(job, tenMinutesMs);
  expect(faults).toEqual([]);
  const chain = await chainOf(planner);
  const [limitStatus, access] = job.audits.map(({ auditId }) => auditId);
  expect(chain.map(({ auditId, attemptOf, verdict }) => [attemptOf ?? auditId, verdict])).toEqual([
    [access, 'pass'],
    [limitStatus, 'inconclusive'],
    [limitStatus, 'inconclusive'],
    [limitStatus, 'inconclusive'],
    [limitStatus, 'inconclusive'],
  ]);
  expect(chain.at(-1)?.stoppedBecause).toBe('3 attempts at it broke off, and it was given up');
  expect(await planner.storage.open.readAll()).toEqual([]);
});

describe('an attempt is overtaken because it was slow', () => {
  test.each<[string, string, number]>([
    ['to end', 'commit', 3],
    ['to keep a checkpoint, and sends nothing more', 'saveCheckpoint', 2],
  ])('%s: what it saw is recorded once', async (_, method, seen) => {
    const planner = await aWorker({});
    const job = await plannedJobOf(planner);
    const call = method === 'commit' ? 1 : 2;
    const { disturb, died, wake } = dyingAt({ part: 'history', method, when: 'before', call });
    const overtaken = await aWorker({ worksBeside: planner, disturb });
    const running = overtaken.app.runJob(job, tenMinutesMs);
    await died;
    await planner.pass(leaseEndedMs);
    await planner.app.runJob(job, tenMinutesMs);
    wake();
    await running;
    const chain = await chainOf(planner);
    const ownId = job.audits[0]?.auditId;
    expect(chain.filter(({ auditId }) => auditId === ownId)).toHaveLength(1);
    const broken = chain.filter(({ attemptOf }) => attemptOf === ownId);
    const exchanges = await recorded(planner, broken);
    expect(exchanges.map(({ probe }) => probe)).toEqual(Array.from({ length: seen }, (_, at) => at + 1));
    expect(overtaken.orders).toHaveLength(seen);
  });
});

describe('storage is down', () => {
  const failing = (part: Death['part'], method: string, failures: number): Required<TestAppSetting>['disturb'] => {
    let left = failures;
    return (storage) =>
      replaced(storage, { part, method }, (real) => async (...args) => {
        if (left-- > 0) throw new AuditorError('storage-unavailable', 'It is down.');
        return real(...args);
      });
  };

  test.each<[string, Death['part'], string]>([
    ['while an audit runs', 'history', 'saveCheckpoint'],
    ['while a lease is to be renewed', 'leases', 'renew'],
    ['when its charge is to be kept', 'charges', 'record'],
    ['when its budget is to be settled', 'budgets', 'settle'],
    ['when it is to be saved', 'history', 'commit'],
    ['when its limit status is to be written', 'limits', 'update'],
  ])('%s: what was seen is held, and nothing is sent twice', async (_, part, method) => {
    const worker = await aWorker({ disturb: failing(part, method, 4) });
    const { reports } = await worker.app.runJob(await plannedJobOf(worker), tenMinutesMs);
    expect([reports.map(({ verdict }) => verdict), worker.orders.length]).toEqual([['pass'], 3]);
    expect(await chainOf(worker)).toHaveLength(1);
  });

  test('before an audit: nothing is sent, and the job comes again', async () => {
    const worker = await aWorker({ disturb: failing('leases', 'take', 1) });
    const job: AuditJob = await plannedJobOf(worker);
    await expect(worker.app.runJob(job, tenMinutesMs)).rejects.toMatchObject({ code: 'storage-unavailable' });
    expect(worker.orders).toEqual([]);
    expect(await worker.app.runJob(job, tenMinutesMs)).toMatchObject({ reports: [{ verdict: 'pass', sequence: 1 }] });
  });

  test('for so long that the lease runs out: the audit ends, and is kept as interrupted', async () => {
    const worker = await aWorker({ disturb: failing('leases', 'renew', 1000) });
    const { reports } = await worker.app.runJob(await plannedJobOf(worker), tenMinutesMs);
    expect(reports).toMatchObject([{ verdict: 'inconclusive', interrupted: true, summary: { probes: 2 } }]);
  });
});
