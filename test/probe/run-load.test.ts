import type { Clock } from '../../src/probe/clock';
import type { ProbeRequest } from '../../src/probe/exchange';
import { loadRequestOf } from '../../src/probe/load-request';
import { tallyLoad } from '../../src/probe/load-tally';
import { type LoadPlan, type LoadWatch, runLoad } from '../../src/probe/run-load';
import { type FakeAnswer, fakeGateway } from '../fake-gateway';
import { virtualClock } from '../virtual-clock';

const plan: LoadPlan = {
  auditId: 'a-load',
  arrivals: { pace: { kind: 'constant', perSecond: 10 } },
  durationMs: 2000,
  requestOf: loadRequestOf({
    customers: [{ id: 'contoso', share: 1 }],
    streamed: false,
    promptTokens: { least: 20, most: 20 },
    maxCompletionTokens: 5,
  }),
};

const startedMs = Date.UTC(2026, 0, 5, 12);

async function run(
  changes: Partial<LoadPlan> = {},
  answer: (elapsedMs: number) => FakeAnswer = () => ({}),
  more: { readonly watch?: Partial<LoadWatch>; readonly clock?: Clock } = {},
) {
  const clock = more.clock ?? virtualClock(startedMs);
  const gateway = fakeGateway(clock, () => answer(clock.nowMs() - startedMs));
  const tally = tallyLoad();
  const end = await runLoad(
    { ...plan, ...changes },
    { send: gateway.sendProbe, clock },
    {
      onSent: (_request: ProbeRequest, lateMs) => tally.addSent(lateMs),
      onExchange: tally.addExchange,
      ...more.watch,
    },
  );
  const starts = gateway.orders.map(({ intendedMs }) => intendedMs - startedMs);
  return { end, starts, counts: tally.counts() };
}

test('an open load starts each probe at the moment meant, and waits for the last answer', async () => {
  const { end, starts, counts } = await run();
  expect(end).toEqual({ planned: 20, sent: 20, unsent: 0, unfinished: 0, startedMs, finishedMs: startedMs + 2000 });
  expect(starts).toEqual(Array.from({ length: 20 }, (_, index) => 100 * index));
  expect(counts).toEqual({
    sent: 20,
    answered: 20,
    refused: 0,
    failed: 0,
    latencyMs: { p50: 100, p90: 100, p95: 100, p99: 100, max: 100 },
    ttftMs: null,
    betweenTokensMs: null,
    lateMs: { p50: 0, p99: 0, max: 0 },
    tokens: { prompt: 320, completion: 80, total: 400 },
    byStatus: { 200: 20 },
  });
});

test('a gateway that stalls thins no open load out: whoever came meanwhile waited as long as they waited', async () => {
  // Nothing is answered from 500 ms to 1,500 ms.
  const { end, counts } = await run({ arrivals: { pace: { kind: 'constant', perSecond: 100 } } }, (elapsedMs) => ({
    afterMs: elapsedMs >= 500 && elapsedMs < 1500 ? 1500 - elapsedMs : 1,
  }));
  expect(end).toMatchObject({ planned: 200, sent: 200, unsent: 0 });
  // The truth is 1, 800, 900, 980 and 1,000; the histogram tells a thousandth apart.
  expect(counts.latencyMs).toEqual({ p50: 1, p90: 800.3, p95: 900.1, p99: 980.5, max: 1000 });
});

test('a closed load sends no more than its users can wait for', async () => {
  const { end, starts } = await run({ arrivals: { concurrency: 2 }, durationMs: 1000 }, () => ({ afterMs: 400 }));
  expect(end).toMatchObject({ planned: 6, sent: 6, unsent: 0, finishedMs: startedMs + 1200 });
  expect(starts).toEqual([0, 0, 400, 400, 800, 800]);
});

test('a process that was blocked sends what is due at once, and counts latency from the moments meant', async () => {
  const real = virtualClock(startedMs);
  let blockedMs = 0;
  const clock: Clock = {
    nowMs: () => real.nowMs() + blockedMs,
    sleepUntil: async (atMs, signal) => {
      await real.sleepUntil(atMs - blockedMs, signal);
      if (real.nowMs() - startedMs === 500) blockedMs = 450;
    },
  };
  const { counts, starts } = await run({ durationMs: 1000 }, () => ({ afterMs: 10 }), { clock });
  expect(starts).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900]);
  expect(counts.lateMs).toEqual({ p50: 0, p99: 450, max: 450 });
  expect(counts.latencyMs).toMatchObject({ p50: 10, max: 460 });
});

test('what could not be sent within five seconds of the end is unsent, and said', async () => {
  const real = virtualClock(startedMs);
  const clock: Clock = {
    nowMs: real.nowMs,
    sleepUntil: (atMs, signal) => real.sleepUntil(atMs - startedMs >= 1000 ? startedMs + 60_000 : atMs, signal),
  };
  const { end } = await run({}, () => ({ afterMs: 0 }), { clock });
  expect(end).toMatchObject({ planned: 20, sent: 10, unsent: 10 });
});

test('an interrupted load ends at once, with what was measured and what was not', async () => {
  const interrupted = new AbortController();
  const ticks: number[] = [];
  const onTick = (elapsedMs: number) => {
    ticks.push(elapsedMs);
    if (elapsedMs === 1000) interrupted.abort();
  };
  const { end, counts } = await run({}, () => ({ afterMs: 250 }), { watch: { onTick, signal: interrupted.signal } });
  expect(ticks).toEqual([1000]);
  expect(end).toMatchObject({ planned: 20, unsent: 20 - end.sent, unfinished: end.sent - counts.answered });
  expect(counts.answered).toBe(8);
});

test('an interruption does not wait for users of a closed load', async () => {
  const interrupted = new AbortController();
  const onTick = () => interrupted.abort();
  const watch = { onTick, signal: interrupted.signal };
  const { end } = await run({ arrivals: { concurrency: 3 }, durationMs: 60_000 }, () => ({ afterMs: 30_000 }), {
    watch,
  });
  expect(end).toEqual({ planned: 3, sent: 3, unsent: 0, unfinished: 3, startedMs, finishedMs: startedMs + 1000 });
});

test('a fault of ours ends the load and stands beside what was measured', async () => {
  const clock = virtualClock(startedMs);
  const cause = new Error('no file handles are left');
  const gateway = fakeGateway(clock);
  let sent = 0;
  const send = (order: Parameters<typeof gateway.sendProbe>[0]) => {
    sent += 1;
    return sent === 5 ? Promise.reject(cause) : gateway.sendProbe(order);
  };
  const end = await runLoad(plan, { send, clock }, { onSent: () => {}, onExchange: () => {} });
  expect(end).toMatchObject({ planned: 20, sent: 5, unsent: 15, fault: cause });
});
