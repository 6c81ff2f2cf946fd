import type { Check } from '../../../src/audit/check';
import { rejudge } from '../../../src/audit/history/rejudge';
import { rejudgeHistory } from '../../../src/audit/history/rejudge-history';
import { storeRejudgement } from '../../../src/audit/history/store-rejudgement';
import type { Report } from '../../../src/audit/report';
import { anApp, checksOfTests, type TestApp } from '../../app/an-app';
import { aCheck, aProbe } from '../a-check';
import { dyingAt } from './a-dying-worker';
import { plannedJobOf } from './an-open-job';

const hourMs = 3_600_000;
const tenMinutesMs = 600_000;
const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

interface Counting {
  readonly exchanges: readonly unknown[];
  readonly earlierCounts?: Readonly<Record<string, number>>;
}

const countOf = ({ exchanges, earlierCounts }: Counting) => exchanges.length + (earlierCounts?.west ?? 0);
const wantedAnswers = 5;

/** Two probes an audit, an hour between them; five answers decide, and what was counted before counts too. */
const counting: Check = aCheck({
  next: ({ exchanges, inFlight, nowMs, earlierCounts }) => {
    if (inFlight > 0) return { do: 'wait', phase: 'waiting', untilMs: nowMs + 60_000 };
    const isEnough =
      exchanges.length === 2 || countOf({ exchanges, ...(earlierCounts && { earlierCounts }) }) === wantedAnswers;
    if (isEnough) return { do: 'stop', because: 'it has seen enough' };
    const laterMs = (exchanges[0]?.receivedMs ?? 0) + hourMs;
    if (nowMs < laterMs) return { do: 'wait', phase: 'pausing', untilMs: laterMs };
    return { do: 'send', phase: 'counting', probes: [aProbe] };
  },
  judge: (evidence) => {
    const counted = countOf(evidence);
    const verdict = counted === wantedAnswers ? 'pass' : 'inconclusive';
    const finding = { rule: 'spread', verdict, expected: '5', observed: `${counted} counted`, because: 'b' } as const;
    return { findings: [finding], estimate: { counters: counted } };
  },
  goesOnFrom: ({ verdict, estimate }) =>
    verdict === 'inconclusive' && estimate.counters !== undefined ? { west: estimate.counters } : null,
});
const checks = { ...checksOfTests, 'limit-status': counting };

async function aWorker(setting: Parameters<typeof anApp>[0] = {}): Promise<TestApp> {
  const worker = await anApp({ customers: [{ checks: ['limit-status'] }], checks, ...setting });
  workers.push(worker);
  return worker;
}

/** One audit by the queue: it pauses for its hour in the middle. */
async function audited(worker: TestApp): Promise<Report> {
  const job = await plannedJobOf(worker);
  for (let tries = 0; tries < 5; tries += 1) {
    const { reports } = await worker.app.runJob(job, tenMinutesMs);
    const own = reports.find(({ attemptOf }) => attemptOf === undefined);
    if (own !== undefined) {
      await worker.pass(hourMs);
      return own;
    }
    await worker.pass(hourMs);
  }
  throw new Error('The audit did not end.');
}

const observed = ({ findings }: Report) => findings[0]?.observed;
const countsStoredWith = async ({ storage }: TestApp, { auditId }: Report) =>
  (await storage.history.readReport('contoso', auditId))?.evidence.earlierCounts;

test('what one audit could not decide the next goes on from, over its pauses, until it is decided', async () => {
  const worker = await aWorker();
  const reports = [await audited(worker), await audited(worker), await audited(worker), await audited(worker)];
  expect(reports.map(observed)).toEqual(['2 counted', '4 counted', '5 counted', '2 counted']);
  const stored = await Promise.all(reports.map((report) => countsStoredWith(worker, report)));
  expect(stored).toEqual([undefined, { west: 2 }, { west: 4 }, undefined]);
  expect(await worker.app.integrity('contoso')).toMatchObject({ intact: true, audits: 4 });
});

test('a pause keeps what was gone on from, whatever ended meanwhile', async () => {
  const worker = await aWorker();
  await audited(worker);
  const job = await plannedJobOf(worker);
  await worker.app.runJob(job, tenMinutesMs);
  const paused = await worker.storage.history.readPointer('contoso', job.audits[0]?.auditId ?? '');
  const key = { customerId: 'contoso', auditId: paused?.order.auditId ?? '' };
  const kept = paused?.checkpoint && (await worker.storage.history.readCheckpoint(key, paused.checkpoint));
  expect(kept?.evidence.earlierCounts).toEqual({ west: 2 });
});

test('it is judged again with the counts that it had gone on from', async () => {
  const worker = await aWorker();
  for (let audits = 0; audits < 3; audits += 1) await audited(worker);
  const ports = { storage: worker.storage, clock: worker.clock, checks };
  const verdicts: unknown[] = [];
  for await (const one of rejudgeHistory('contoso', { store: true }, ports)) {
    verdicts.push([one.after, one.findings[0]?.observed, one.changes]);
  }
  expect(verdicts).toEqual([
    ['pass', '5 counted', []],
    ['inconclusive', '4 counted', []],
    ['inconclusive', '2 counted', []],
  ]);
  const { audits } = await worker.storage.history.list('contoso', { top: 3 });
  const stored = await Promise.all(audits.map((report) => countsStoredWith(worker, report)));
  expect(stored).toEqual([undefined, { west: 2 }, { west: 4 }]);
});

test('the counts are those of the last audit that measured, not of a judgement recorded later', async () => {
  const worker = await aWorker();
  const first = await audited(worker);
  await audited(worker);
  const stored = await worker.storage.history.readReport('contoso', first.auditId);
  if (stored === null) throw new Error('The first audit is gone.');
  const again = rejudge(stored.report, stored.evidence, checks);
  await storeRejudgement(again, stored, { storage: worker.storage, clock: worker.clock });
  expect(observed(await audited(worker))).toBe('5 counted');
});

test('an attempt that broke off in between loses nothing of what was counted before', async () => {
  const worker = await aWorker();
  await audited(worker);
  const job = await plannedJobOf(worker);
  const { disturb, died } = dyingAt({ part: 'history', method: 'saveCheckpoint', when: 'before', call: 1 });
  const dying = await aWorker({ worksBeside: worker, disturb });
  void dying.app.runJob(job, tenMinutesMs);
  await died;
  await worker.pass(61_000);
  await worker.app.runJob(job, tenMinutesMs);
  await worker.pass(hourMs);
  const { reports } = await worker.app.runJob(job, tenMinutesMs);
  expect(reports.map(observed)).toEqual(['4 counted']);
});
