import type { Check } from '../../../src/audit/check';
import { anApp, checksOfTests, type TestApp } from '../../app/an-app';
import { aCheck, aProbe } from '../a-check';
import { chainOf, plannedJobOf } from './an-open-job';

const hourMs = 3_600_000;
const tenMinutesMs = 600_000;
let tested: TestApp;
afterEach(() => tested?.close());

/** Sends a probe, waits an hour, sends another. */
function patient(parts: Partial<Check> = {}): Check {
  return aCheck({
    next: ({ exchanges, inFlight, nowMs }) => {
      if (inFlight > 0) return { do: 'wait', phase: 'waiting', untilMs: nowMs + 60_000 };
      const [first] = exchanges;
      if (first === undefined) return { do: 'send', phase: 'before', probes: [aProbe] };
      if (exchanges.length === 2) return { do: 'stop', because: 'it has seen enough' };
      const laterMs = first.receivedMs + hourMs;
      if (nowMs < laterMs) return { do: 'wait', phase: 'settling', untilMs: laterMs };
      return { do: 'send', phase: 'after', probes: [aProbe] };
    },
    ...parts,
  });
}

async function pausedJob() {
  tested = await anApp({
    customers: [{ checks: ['limit-status'] }],
    checks: { ...checksOfTests, 'limit-status': patient() },
  });
  const job = await plannedJobOf(tested);
  const outcome = await tested.app.runJob(job, tenMinutesMs);
  const order = job.audits[0];
  if (order === undefined) throw new Error('No audit.');
  return { job, order, outcome };
}

test('an audit that waits longer than an invocation may last keeps what it saw and is sent for later', async () => {
  const { order, outcome } = await pausedJob();
  expect(outcome).toEqual({ reports: [], putBack: [order], faults: [] });
  expect(tested.sent[1]).toEqual({ job: { customerId: 'contoso', audits: [order] }, delayMs: hourMs });
  const startedAt = new Date(tested.clock.nowMs() - 100).toISOString();
  expect(await tested.app.readAudit('contoso', order.auditId)).toMatchObject({ state: 'running', startedAt });
  expect((await tested.storage.open.readAll()).map(({ state }) => state)).toEqual(['running']);
  expect(await tested.storage.leases.isHeld('counter contoso', tested.clock.nowMs())).toBe(false);
  expect(await tested.app.planDue()).toEqual({ claimed: [], refused: [] });
});

test('goes on at its time with all that it had seen, and ends as one audit', async () => {
  const { job, order } = await pausedJob();
  const startedMs = tested.clock.nowMs() - 100;
  await tested.pass(hourMs);
  const { reports, putBack } = await tested.app.runJob(job, tenMinutesMs);
  expect(putBack).toEqual([]);
  expect(reports).toMatchObject([{ auditId: order.auditId, verdict: 'pass', sequence: 1, summary: { probes: 2 } }]);
  expect(reports[0]?.startedAt).toBe(new Date(startedMs).toISOString());
  const stored = await tested.storage.history.readReport('contoso', order.auditId);
  expect(stored?.evidence.exchanges.map(({ probe, receivedMs }) => [probe, receivedMs - startedMs])).toEqual([
    [1, 100],
    [2, hourMs + 200],
  ]);
  expect(stored?.evidence).toMatchObject({ priorCharges: [], ledgerSinceMs: 0 });
  const pointer = await tested.storage.history.readPointer('contoso', order.auditId);
  expect(pointer).toMatchObject({ state: 'done', attempt: 2 });
  expect(pointer).not.toHaveProperty('checkpoint');
  expect(await tested.storage.budgets.read({ day: '2026-01-05', customerId: 'contoso' })).toEqual({
    customer: { settledTokens: 40, reservedTokens: 0 },
    service: { settledTokens: 40, reservedTokens: 0 },
  });
  expect(await tested.storage.open.readAll()).toEqual([]);
});

test('a message that comes early is put back for the rest of the wait, and nothing is sent', async () => {
  const { job, order } = await pausedJob();
  await tested.pass(hourMs / 2);
  const { putBack } = await tested.app.runJob(job, tenMinutesMs);
  expect([putBack, tested.sent.at(-1)?.delayMs, tested.orders.length]).toEqual([[order], hourMs / 2, 1]);
});

test('what was charged on the counter during the wait is known afterwards', async () => {
  const { job, order } = await pausedJob();
  await tested.pass(60_000);
  const atMs = tested.clock.nowMs();
  await tested.storage.charges.record('contoso', { atMs, tokens: 7 });
  await tested.pass(hourMs);
  await tested.app.runJob(job, tenMinutesMs);
  const stored = await tested.storage.history.readReport('contoso', order.auditId);
  expect(stored?.evidence).toMatchObject({
    priorCharges: [{ sentMs: atMs, receivedMs: atMs, tokens: 7 }],
    ledgerSinceMs: atMs,
  });
});

test('a continuation whose message was lost is sent again by the planner', async () => {
  const { order } = await pausedJob();
  await tested.pass(hourMs + 14 * 60_000);
  await tested.app.planDue();
  expect(tested.sent).toHaveLength(2);
  await tested.pass(2 * 60_000);
  await tested.app.planDue();
  await tested.app.planDue();
  expect(tested.sent.slice(2)).toEqual([{ job: { customerId: 'contoso', audits: [order] }, delayMs: 0 }]);
  const { reports } = await tested.app.runJob(tested.sent[2]?.job ?? { customerId: '', audits: [] }, tenMinutesMs);
  expect(reports).toMatchObject([{ auditId: order.auditId, verdict: 'pass' }]);
  expect(await chainOf(tested)).toHaveLength(1);
});
