import type { Clock } from '../../../src/probe/clock';
import { anApp, type TestApp, type TestAppSetting } from '../../app/an-app';
import { chainOf } from '../running/an-open-job';
import { tenMinutesMs } from '../running/some-workers';

/* Workers whose clocks disagree, and timers that fire twice: what one machine's time says is nobody else's business. */
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const workers: TestApp[] = [];
afterEach(() => {
  for (const worker of workers.splice(0)) worker.close();
});

async function open(setting: TestAppSetting): Promise<TestApp> {
  const worker = await anApp(setting);
  workers.push(worker);
  return worker;
}

/** The same time, but for a machine whose clock is wrong by so much. */
function wrongBy(offsetMs: number, { nowMs, sleepUntil }: Clock): Clock {
  return { nowMs: () => nowMs() + offsetMs, sleepUntil: (atMs, signal) => sleepUntil(atMs - offsetMs, signal) };
}

const setting: TestAppSetting = { customers: [{ checks: ['access'] }, { checks: ['access', 'limit-status'] }] };

async function two(offsetMs: number): Promise<[TestApp, TestApp]> {
  const first = await open(setting);
  const { names, clock } = first;
  return [first, await open({ ...setting, worksBeside: { names, clock: wrongBy(offsetMs, clock) } })];
}

test('two timers that fire at once queue each audit once', async () => {
  const [first, second] = await two(0);
  await first.app.health();
  const planned = await Promise.all([first, second, first, second].map(({ app }) => app.planDue()));
  const claimed = planned.flatMap((reservation) => reservation.claimed);
  expect(claimed.map(({ customerId, check }) => `${customerId} ${check}`).toSorted()).toEqual([
    'contoso access',
    'customer-1 access',
    'customer-1 limit-status',
  ]);
  const sent = [...first.sent, ...second.sent].flatMap(({ job }) => job.audits.map(({ auditId }) => auditId));
  expect(sent.toSorted()).toEqual(claimed.map(({ auditId }) => auditId).toSorted());
});

test.each([
  { what: 'a minute and a half ahead: every lease looks expired to it', offsetMs: 90_000 },
  { what: 'a minute and a half behind', offsetMs: -90_000 },
  { what: 'a day ahead', offsetMs: dayMs },
  { what: 'a day behind', offsetMs: -dayMs },
])(
  'a message that two workers get at once, the clock of one being $what: one result, and nothing is lost',
  async ({ offsetMs }) => {
    const [first, second] = await two(offsetMs);
    await first.app.planDue();
    for (const { job } of [...first.sent]) {
      await Promise.all([first, second].map(({ app }) => app.runJob(job, tenMinutesMs)));
    }
    // What one of them put back, since the other was at it.
    for (const { job } of [...first.sent.slice(2), ...second.sent]) await first.app.runJob(job, tenMinutesMs);
    for (const { job } of first.sent.slice(0, 2)) {
      // Throws where the chain is broken.
      const chain = await chainOf(first, job.customerId);
      const results = chain.filter(({ interrupted }) => interrupted !== true);
      expect(results.map(({ auditId, verdict }) => [auditId, verdict])).toEqual(
        expect.arrayContaining(job.audits.map(({ auditId }) => [auditId, 'pass'])),
      );
      expect(new Set(results.map(({ auditId }) => auditId)).size).toBe(results.length);
      const broken = chain.filter(({ interrupted }) => interrupted === true);
      expect(broken.every(({ attemptOf, verdict }) => attemptOf !== undefined && verdict === 'inconclusive')).toBe(
        true,
      );
    }
    expect(await first.storage.open.readAll()).toEqual([]);
  },
);

test('a clock that was set back plans nothing again that has been audited', async () => {
  const [first, second] = await two(-dayMs);
  await first.app.planDue();
  for (const { job } of [...first.sent]) await first.app.runJob(job, tenMinutesMs);
  expect(await second.app.planDue()).toEqual({ claimed: [], refused: [] });
});

test('a clock that jumped a day ahead plans each check once, not once for every time that was skipped', async () => {
  const [first, second] = await two(dayMs);
  await first.app.planDue();
  for (const { job } of [...first.sent]) await first.app.runJob(job, tenMinutesMs);
  const { claimed } = await second.app.planDue();
  expect(claimed.map(({ customerId, check }) => `${customerId} ${check}`).toSorted()).toEqual([
    'contoso access',
    'customer-1 access',
    'customer-1 limit-status',
  ]);
});
