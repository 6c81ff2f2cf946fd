import { auditAll } from './an-alerted-app';
import { anApp, type TestApp } from './an-app';

const hourMs = 3_600_000;
let tested: TestApp;

afterEach(() => tested.close());

const checks = ['limit-status'] as const;
const historyOf = async () => (await tested.app.history('contoso', { top: 10 })).audits;
const missed = { check: 'limit-status', verdict: 'inconclusive', findings: [], missed: true, trigger: 'timer' };

test('what has not run for an hour after it was due is recorded, once an occurrence, and is no audit that ran', async () => {
  tested = await anApp({ customers: [{ checks }] });
  await auditAll(tested);
  expect(await tested.app.watchDue()).toEqual([]);
  const ran = await tested.app.limitStatusOf('contoso');
  await tested.pass(hourMs - 1);
  expect(await tested.app.watchDue()).toEqual([]);
  await tested.pass(hourMs / 2);
  const [first, ...more] = await tested.app.watchDue();
  expect(first).toMatchObject({ ...missed, sequence: 2, summary: { probes: 0 } });
  expect(first?.stoppedBecause).toBe(`it was due at ${first?.scheduledAt} and had not run an hour later`);
  expect([more, await tested.app.watchDue()]).toEqual([[], []]);
  expect(await tested.app.limitStatusOf('contoso')).toEqual({
    ...ran,
    verdicts: { 'limit-status': { ...ran.verdicts['limit-status'], stale: true } },
  });
  await tested.pass(hourMs / 4);
  expect(await tested.app.watchDue()).toMatchObject([missed]);
  expect(await historyOf()).toMatchObject([missed, missed, { verdict: 'pass' }]);
  expect(await tested.app.integrity('contoso')).toMatchObject({ intact: true, audits: 3 });
});

test('a gap is recorded by what closes it: after hours of silence the planner sees it first', async () => {
  tested = await anApp({ customers: [{ checks }] });
  await auditAll(tested);
  await tested.app.watchDue();
  await tested.pass(5 * hourMs);
  await auditAll(tested);
  expect(await historyOf()).toMatchObject([{ verdict: 'pass', sequence: 3 }, missed, { verdict: 'pass' }]);
  expect(await tested.app.watchDue()).toEqual([]);
});

test('a check that never ran is missed an hour after it was first expected', async () => {
  tested = await anApp({ customers: [{ checks }] });
  expect(await tested.app.watchDue()).toEqual([]);
  const expectedMs = tested.clock.nowMs();
  await tested.pass(hourMs - 1);
  expect(await tested.app.watchDue()).toEqual([]);
  await tested.pass(1);
  const reports = await tested.app.watchDue();
  expect(reports).toMatchObject([{ ...missed, scheduledAt: new Date(expectedMs).toISOString(), sequence: 1 }]);
  expect((await tested.app.limitStatusOf('contoso')).verdicts).toEqual({});
});

test('two watches at once record an occurrence once', async () => {
  tested = await anApp({ customers: [{ checks }, { checks }] });
  await tested.app.watchDue();
  await tested.pass(2 * hourMs);
  const other = await anApp({ customers: [{ checks }, { checks }], worksBeside: tested });
  await Promise.all([tested.app.watchDue(), other.app.watchDue(), tested.app.planDue()]);
  other.close();
  expect((await historyOf()).map(({ sequence }) => sequence)).toEqual([1]);
  expect(await tested.storage.limits.read('contoso')).toMatchObject({
    missed: { 'limit-status': { count: 1 } },
    alerts: { untold: [{ kind: 'missed' }] },
  });
});
