import { createApp } from '../src/app';
import { jobQueueOf } from '../src/app/job-queue-of';
import type { AuditOptions } from '../src/app/running';
import type { AuditJob } from '../src/audit/ports';
import { genesisHash, hashOfReport } from '../src/audit/proof/hash-chain';
import { AuditorError } from '../src/auditor-error';
import { anApp, checksOfTests, type TestApp } from './app/an-app';
import { aCheck } from './audit/a-check';

let tested: TestApp;
afterEach(() => tested?.close());

const now: AuditOptions = { trigger: 'cli', parallel: 4, store: true };
const tenMinutesMs = 600_000;

async function plannedJob(parts: Parameters<typeof anApp>[0] = {}) {
  tested = await anApp(parts);
  await tested.app.planDue();
  const { sent } = tested;
  if (sent[0] === undefined) throw new Error('Nothing was due.');
  return { job: sent[0].job, sent };
}

/** Jobs of several customers are sent side by side, in any order. */
function byCustomer(a: AuditJob, b: AuditJob): number {
  return a.customerId < b.customerId ? -1 : 1;
}

describe('by schedule', () => {
  test('what is due is queued once, one job a customer, and open until it has run', async () => {
    tested = await anApp({ customers: [{}, { id: 'fabrikam', checks: ['access', 'limit-status', 'token-limit'] }] });
    const { claimed } = await tested.app.planDue();
    const again = await tested.app.planDue();
    const jobs = tested.sent.map(({ job }) => job).toSorted(byCustomer);
    expect(jobs.map(({ customerId, audits }) => [customerId, audits.map(({ check }) => check)])).toEqual([
      ['contoso', ['limit-status', 'access']],
      ['fabrikam', ['limit-status', 'access', 'token-limit']],
    ]);
    expect(claimed).toEqual(jobs.flatMap(({ audits }) => audits));
    expect(again).toEqual({ claimed: [], refused: [] });
    expect((await tested.storage.open.readAll()).map(({ state }) => state)).toEqual(Array(5).fill('queued'));
  });

  test('a job runs its audits in turn, keeps them in the chain, and nothing is open or due afterwards', async () => {
    const { job } = await plannedJob();
    const { reports, putBack, faults } = await tested.app.runJob(job, tenMinutesMs);
    expect([putBack, faults]).toEqual([[], []]);
    expect(
      reports.map(({ check, verdict, sequence, previousHash }) => [check, verdict, sequence, previousHash]),
    ).toEqual([
      ['limit-status', 'pass', 1, genesisHash],
      ['access', 'pass', 2, reports[0]?.hash],
    ]);
    expect(reports.map(hashOfReport)).toEqual(reports.map(({ hash }) => hash));
    expect(await tested.storage.open.readAll()).toEqual([]);
    expect(await tested.app.planDue()).toEqual({ claimed: [], refused: [] });
    expect((await tested.storage.limits.read('contoso'))?.head).toEqual({ sequence: 2, hash: reports[1]?.hash });
  });

  test('what the earlier audits of a job charged is known to the later ones, and the last to other processes', async () => {
    const { job } = await plannedJob();
    const { reports } = await tested.app.runJob(job, tenMinutesMs);
    const [first, second] = await Promise.all(
      reports.map(({ auditId }) => tested.storage.history.readReport('contoso', auditId)),
    );
    const { sentMs, receivedMs } = first?.evidence.exchanges[0] ?? {};
    expect(second?.evidence.priorCharges).toEqual([{ sentMs, receivedMs, tokens: 20 }]);
    expect(await tested.storage.charges.last('contoso')).toEqual({
      atMs: second?.evidence.exchanges[0]?.receivedMs,
      tokens: 20,
    });
  });

  test('a job that is delivered again sends nothing again, and repairs the rows that follow from a report', async () => {
    const { job } = await plannedJob();
    const first = await tested.app.runJob(job, tenMinutesMs);
    const [audit] = job.audits;
    const open = { customerId: 'contoso', check: 'limit-status', auditId: audit?.auditId ?? '' } as const;
    await tested.storage.open.claim({ ...open, state: 'running', sinceMs: 0 });
    const again = await tested.app.runJob(job, tenMinutesMs);
    expect([again.reports, tested.orders.length]).toEqual([first.reports, 2]);
    expect(await tested.storage.open.readAll()).toEqual([]);
    expect(await tested.app.limitStatusOf('contoso')).toMatchObject({ spentToday: 40 });
  });

  test('an attempt after one that broke off knows its own charges only from its own start', async () => {
    const { job } = await plannedJob();
    const [audit] = job.audits;
    if (audit === undefined) throw new Error('No audit.');
    await tested.storage.history.beginAttempt('contoso', audit.auditId, tested.app.clock.nowMs());
    await tested.pass(30_000);
    const startedMs = tested.app.clock.nowMs();
    const { reports } = await tested.app.runJob({ ...job, audits: [audit] }, tenMinutesMs);
    expect(reports.map(({ attemptOf, interrupted }) => [attemptOf, interrupted])).toEqual([
      [audit.auditId, true],
      [undefined, undefined],
    ]);
    const stored = await tested.storage.history.readReport('contoso', audit.auditId);
    expect(stored?.evidence.ledgerSinceMs).toBe(startedMs);
  });

  test('a job that finds its gateway busy goes back into the queue with a delay', async () => {
    const customers = [{ checks: ['token-limit'] }, { id: 'fabrikam', checks: ['token-limit'] }];
    const { sent } = await plannedJob({ customers });
    const jobs = sent.map(({ job }) => job);
    const outcomes = await Promise.all(jobs.map((job) => tested.app.runJob(job, tenMinutesMs)));
    // Which of the two is the first to have the gateway is up to storage.
    const busyJob = jobs.find((_, at) => outcomes[at]?.reports.length === 0);
    if (busyJob === undefined) throw new Error('Both had the gateway at once.');
    const told = outcomes.map(({ reports, putBack }) => [reports.length, putBack]);
    expect(told.toSorted()).toEqual([
      [0, busyJob.audits],
      [1, []],
    ]);
    expect(sent[2]).toEqual({ job: busyJob, delayMs: 20_000 });
    const { customerId } = busyJob;
    expect(await tested.app.runJob(busyJob, tenMinutesMs)).toMatchObject({ reports: [{ customerId }] });
  });

  test('what there is no time for any more is put back; the first audit is begun in any case', async () => {
    const { job, sent } = await plannedJob();
    const { reports, putBack } = await tested.app.runJob(job, 60_000);
    expect([reports.map(({ check }) => check), putBack.map(({ check }) => check)]).toEqual([
      ['limit-status'],
      ['access'],
    ]);
    expect(sent[1]).toEqual({ job: { customerId: 'contoso', audits: putBack }, delayMs: 0 });
  });

  test('an audit that the configuration no longer knows is given up, and the others run', async () => {
    const { job } = await plannedJob();
    const [limitStatus, access] = job.audits;
    if (limitStatus === undefined || access === undefined) throw new Error('Two audits were due.');
    const gone = { ...limitStatus, customerId: 'gone' };
    const { reports, faults } = await tested.app.runJob({ ...job, audits: [gone, access] }, tenMinutesMs);
    expect(reports.map(({ check }) => check)).toEqual(['access']);
    expect(faults).toEqual([expect.objectContaining({ code: 'not-found', message: expect.stringContaining('gone') })]);
  });

  test('a check that breaks is kept as interrupted and told, and does not stop the others', async () => {
    const broken = aCheck({
      next: () => {
        throw new Error('oops');
      },
    });
    const { job } = await plannedJob({ checks: { ...checksOfTests, 'limit-status': broken } });
    const { reports, faults } = await tested.app.runJob(job, tenMinutesMs);
    expect(reports.map(({ check, verdict, interrupted }) => [check, verdict, interrupted])).toEqual([
      ['limit-status', 'inconclusive', true],
      ['access', 'pass', undefined],
    ]);
    expect(faults).toEqual([expect.objectContaining({ code: 'program-error' })]);
  });

  test('a poisoned job ends as inconclusive audits, but for those that were done', async () => {
    const { job } = await plannedJob();
    const [done] = (await tested.app.runJob({ ...job, audits: job.audits.slice(0, 1) }, tenMinutesMs)).reports;
    const { reports, faults } = await tested.app.recordPoisoned(job);
    expect(faults).toEqual([]);
    expect(reports).toEqual([
      expect.objectContaining({
        check: 'access',
        verdict: 'inconclusive',
        findings: [],
        interrupted: true,
        stoppedBecause: 'its job failed each time that it was delivered, and was given up',
        sequence: 2,
        previousHash: done?.hash,
      }),
    ]);
    expect(await tested.storage.open.readAll()).toEqual([]);
  });
});

describe('at once, in this process', () => {
  test('audits that are not kept stand in no chain, and leave only when their counter was last charged', async () => {
    tested = await anApp();
    const wanted = [{ customerId: 'contoso', check: 'limit-status' } as const];
    const [report] = await tested.app.audit(wanted, { ...now, store: false });
    expect(report).toMatchObject({ sequence: 0, previousHash: '', trigger: 'cli', verdict: 'pass' });
    expect(report && hashOfReport(report)).toBe(report?.hash);
    const [second] = await tested.app.audit(wanted, { ...now, store: false });
    expect(second?.auditId).not.toBe(report?.auditId);
    await expect(tested.app.readAudit('contoso', report?.auditId ?? '')).rejects.toMatchObject({ code: 'not-found' });
  });

  test('no budget is exceeded by audits that are not kept', async () => {
    tested = await anApp({ customers: [{ maxTokensPerDay: 75 }] });
    const wanted = (['limit-status', 'token-limit'] as const).map((check) => ({ customerId: 'contoso', check }));
    const reports = await tested.app.audit(wanted, { ...now, store: false });
    // The first one costs 20; 55 then allow two probes of the next, which are bound by 32 each.
    expect(reports.map(({ summary }) => summary.probes)).toEqual([1, 2]);
  });

  test('tells how it is getting on, and each report as it comes', async () => {
    tested = await anApp();
    const told: unknown[] = [];
    await tested.app.audit([{ customerId: 'contoso', check: 'access' }], {
      ...now,
      store: false,
      onProgress: ({ customerId, check, phase, probes }) => told.push([customerId, check, phase, probes]),
      onReport: ({ verdict }) => told.push(verdict),
    });
    expect(told).toEqual([
      ['contoso', 'access', 'probing', 1],
      ['contoso', 'access', 'waiting', 1],
      ['contoso', 'access', 'waiting', 1],
      'pass',
    ]);
  });

  test('where one is queued already none is run, and none of them stays open', async () => {
    tested = await anApp();
    const { claimed } = await tested.app.queueAudits([{ customerId: 'contoso', check: 'access' }], 'http');
    const wanted = (['limit-status', 'access'] as const).map((check) => ({ customerId: 'contoso', check }));
    await expect(tested.app.audit(wanted, now)).rejects.toMatchObject({ code: 'conflict' });
    expect(tested.orders).toEqual([]);
    expect((await tested.storage.open.readAll()).map(({ auditId }) => auditId)).toEqual(claimed.map((c) => c.auditId));
  });

  test('an abort keeps what was begun as interrupted, begins nothing more and leaves nothing open', async () => {
    const stopping = new AbortController();
    tested = await anApp({
      answer: () => {
        stopping.abort();
        return {};
      },
    });
    const wanted = (['limit-status', 'access'] as const).map((check) => ({ customerId: 'contoso', check }));
    const reports = await tested.app.audit(wanted, { ...now, signal: stopping.signal });
    expect(reports).toEqual([expect.objectContaining({ check: 'limit-status', interrupted: true, sequence: 1 })]);
    expect(await tested.storage.open.readAll()).toEqual([]);
    expect(await tested.storage.charges.last('contoso')).toMatchObject({ tokens: 20 });
  });

  test('trouble of ours is thrown after the reports were told', async () => {
    const fault = new AuditorError('setting-missing', 'Set CONTOSO_KEY.');
    tested = await anApp({
      answer: () => {
        throw fault;
      },
    });
    const told: unknown[] = [];
    const running = tested.app.audit([{ customerId: 'contoso', check: 'access' }], {
      ...now,
      onReport: ({ interrupted }) => told.push(interrupted),
    });
    await expect(running).rejects.toBe(fault);
    expect(told).toEqual([true]);
  });
});

describe('put together', () => {
  test('without a configuration there is no app, and the file is named', async () => {
    await expect(createApp({ AUDIT_CONFIG: '/no/such/file.json' })).rejects.toMatchObject({
      code: 'config-unreadable',
      message: expect.stringContaining('/no/such/file.json'),
    });
  });

  test.each([
    [{ AUDIT_STORAGE: 'UseDevelopmentStorage=true' }, 'AUDIT_STORAGE'],
    [{ AUDIT_STORAGE__accountName: 'audits' }, 'AUDIT_STORAGE'],
    [{ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }, 'AzureWebJobsStorage'],
  ])('triggers listen to the account that the settings name: %j', (settings, connection) => {
    expect(jobQueueOf(settings)).toEqual({ queueName: 'audit-jobs', connection });
  });
});
