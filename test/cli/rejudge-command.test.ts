import type { Judgement } from '../../src/audit/check';
import { rulesVersion } from '../../src/audit/report';
import type { Verdict } from '../../src/audit/verdict';
import { anApp, checksOfTests, type TestApp, type TestAppSetting } from '../app/an-app';
import { aCheck } from '../audit/a-check';
import { chainOf } from '../audit/running/an-open-job';
import { outputOf } from './command-output';

const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

function judging(verdict: Verdict): (evidence: { readonly exchanges: readonly unknown[] }) => Judgement {
  return ({ exchanges }) => ({
    findings: [{ rule: 'reachable', verdict, expected: 'e', observed: `${exchanges.length} seen`, because: 'b' }],
    estimate: {},
  });
}

const checksThatSay = (verdict: Verdict) => ({
  ...checksOfTests,
  'limit-status': aCheck({ judge: judging(verdict) }),
});

async function aWorker(setting: TestAppSetting): Promise<TestApp> {
  const worker = await anApp(setting);
  workers.push(worker);
  return worker;
}

/** A history of two audits that failed by the rules of then; and the app with the rules of today, which pass them. */
async function rulesChanged() {
  const then = await aWorker({ checks: checksThatSay('fail') });
  for (const check of ['limit-status', 'access'] as const) await auditNow(then, check);
  const now = await aWorker({ checks: checksThatSay('pass'), worksBeside: then });
  await now.pass(3_600_000);
  return { then, now };
}

async function auditNow({ app }: TestApp, check: 'limit-status' | 'access' = 'limit-status') {
  const [report] = await app.audit([{ customerId: 'contoso', check }], { trigger: 'cli', parallel: 1, store: true });
  if (report === undefined) throw new Error('The audit left no report.');
  return report;
}

const run = (args: readonly string[], { app }: TestApp) => outputOf(['rejudge', ...args], { app });

test('rejudge tells what is judged otherwise today, and leaves storage as it was', async () => {
  const { now } = await rulesChanged();
  const before = await chainOf(now);
  const { exitCode, stdout } = await run(['contoso'], now);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('reachable: fail → pass');
  expect(stdout).toContain('2 audits judged again, 1 otherwise than then. The history stays as it is.');
  expect(await chainOf(now)).toEqual(before);
});

test('rejudge --store records each judgement once, beside the audit that it names, with its evidence', async () => {
  const { now } = await rulesChanged();
  const [failed, access] = await chainOf(now);
  expect((await run(['contoso', '--store'], now)).stdout).toContain('2 judgements recorded beside it, 0 had been');
  const chain = await chainOf(now);
  expect(chain.slice(0, 2)).toEqual([failed, access]);
  expect(chain.slice(2)).toMatchObject([
    { rejudgementOf: access?.auditId, check: 'access', verdict: 'pass' },
    { rejudgementOf: failed?.auditId, check: 'limit-status', verdict: 'pass' },
  ]);
  const { startedAt, finishedAt, scheduledAt, summary, declared, evidenceHash, estimate, stoppedBecause } = {
    ...failed,
  };
  const again = chain[3];
  expect(again).toMatchObject({ startedAt, finishedAt, scheduledAt, summary, declared, evidenceHash, stoppedBecause });
  expect([again?.estimate, again?.rulesVersion, again?.trigger]).toEqual([estimate, rulesVersion, 'cli']);
  expect(again?.rejudgedAt).toBe(new Date(now.clock.nowMs()).toISOString());
  expect(await now.app.integrity('contoso')).toMatchObject({ intact: true, audits: 4 });

  expect((await run(['contoso', '--store'], now)).stdout).toContain('0 judgements recorded beside it, 2 had been');
  expect(await chainOf(now)).toEqual(chain);
});

test('two that record at the same time record once', async () => {
  const { then, now } = await rulesChanged();
  const beside = await aWorker({ checks: checksThatSay('pass'), worksBeside: then });
  await Promise.all([run(['contoso', '--store'], now), run(['contoso', '--store'], beside)]);
  expect(await now.app.integrity('contoso')).toMatchObject({ intact: true, audits: 4 });
});

test('a rejudgement is no measurement: nothing is due later, nothing was spent, and no day counts it', async () => {
  const { now } = await rulesChanged();
  const known = async () => ({
    usage: await now.app.usage('contoso', {}),
    budget: await now.storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' }),
    missed: await now.app.watchDue(),
    status: await now.storage.limits.read('contoso'),
  });
  const before = await known();
  await run(['contoso', '--store'], now);
  const after = await known();
  const { head, verdicts } = after.status ?? {};
  expect({ ...after, status: { ...after.status, head: null, verdicts: null } }).toEqual({
    ...before,
    status: { ...before.status, head: null, verdicts: null },
  });
  const [, , , last] = await chainOf(now);
  expect(head).toEqual({ sequence: 4, hash: last?.hash });
  expect(verdicts?.['limit-status']).toEqual({
    ...before.status?.verdicts['limit-status'],
    verdict: 'pass',
    rejudgedAs: { auditId: last?.auditId, sequence: 4 },
  });
});

test('what was judged again gives way to the next audit, and never comes before a later one', async () => {
  const { then, now } = await rulesChanged();
  const [first] = await chainOf(now);
  const later = await auditNow(then);
  await run(['contoso', '--audit', first?.auditId ?? '', '--store'], now);
  const { verdicts } = await now.app.limitStatusOf('contoso');
  expect(verdicts['limit-status']).toMatchObject({ verdict: 'fail', auditId: later.auditId, sequence: 3 });
  expect(verdicts['limit-status']).not.toHaveProperty('rejudgedAs');

  await run(['contoso', '--audit', later.auditId, '--store'], now);
  expect((await now.app.limitStatusOf('contoso')).verdicts['limit-status']).toMatchObject({ verdict: 'pass' });
  const newest = await auditNow(then);
  const now2 = (await now.app.limitStatusOf('contoso')).verdicts['limit-status'];
  expect(now2).toMatchObject({ verdict: 'fail', auditId: newest.auditId });
  expect(now2).not.toHaveProperty('rejudgedAs');
});

test('it stands as what it is in history, export, diff and audit pack', async () => {
  const { now } = await rulesChanged();
  const [failed] = await chainOf(now);
  await run(['contoso', '--check', 'limit-status', '--store'], now);
  const again = (await chainOf(now)).at(-1);
  const printed = async (...args: string[]) => (await outputOf(args, { app: now.app })).stdout;
  expect(await printed('history', 'contoso')).toContain('limit-status (judged again)');
  const [names, row] = (await printed('export', 'contoso', '--format', 'csv')).split('\r\n').map((l) => l.split(','));
  const cells = Object.fromEntries((names ?? []).map((name, at) => [name, row?.[at]]));
  expect(cells).toMatchObject({
    rejudgementOf: failed?.auditId,
    rejudgedAt: again?.rejudgedAt,
    totalTokens: '',
    probes: '',
  });
  const against = ['--against', failed?.auditId ?? ''];
  expect(await printed('diff', 'contoso', again?.auditId ?? '', ...against)).toContain('(judged again by rules 1)');
  const pack = await printed('report', 'contoso');
  expect(pack).toContain('limit-status (judged again)');
  expect(pack).toContain(`, judged again on ${again?.rejudgedAt?.slice(0, 10)}`);
  expect(pack).toContain(', 2 audits<');
});

test('a record of a judgement judged again is the audit that it names judged again', async () => {
  const { now } = await rulesChanged();
  const [failed] = await chainOf(now);
  await run(['contoso', '--store'], now);
  const chain = await chainOf(now);
  const { stdout } = await run(['contoso', '--audit', chain.at(-1)?.auditId ?? '', '--store', '--json'], now);
  expect(JSON.parse(stdout).audits).toMatchObject([
    { rejudgementOf: failed?.auditId, before: 'pass', after: 'pass', record: { isNew: false } },
  ]);
  expect(await chainOf(now)).toEqual(chain);
});

test('what cannot be judged again is not recorded', async () => {
  const { now } = await rulesChanged();
  const { 'limit-status': _, ...rest } = checksOfTests;
  const without = await aWorker({ checks: rest, worksBeside: now });
  const { stdout } = await run(['contoso', '--store'], without);
  expect(stdout).toContain('1 judgements recorded beside it, 0 had been recorded before. 1 could not be judged again');
  expect(await chainOf(now)).toHaveLength(3);
});

test('an audit that is not stored, or without its customer, is bad usage', async () => {
  const { now } = await rulesChanged();
  const nobody = '0192f0c1-0000-7000-8000-000000000009';
  const ends = [await run(['contoso', '--audit', nobody], now), await run(['--audit', nobody], now)];
  expect(ends.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
    [3, `error: Customer contoso has no audit ${nobody} that has ended.\n`],
    [3, 'error: --audit needs the customer whose audit it is: gateway-audit rejudge CUSTOMER\n'],
  ]);
});
