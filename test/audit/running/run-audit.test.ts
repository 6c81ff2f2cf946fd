import type { AuditState, Step } from '../../../src/audit/check';
import { aDeclaration } from '../a-declaration';

import { auditId, probe, run, sendOne, startMs, stop, waitUntil } from './a-scripted-run';

test('sends what the check asks for, judges what came back and makes a report of it', async () => {
  const { outcome, judged } = await run({
    next: ({ exchanges, inFlight }) => (exchanges.length > 0 ? stop : inFlight > 0 ? waitUntil(60_000) : sendOne),
  });

  expect(judged).toEqual([
    {
      declared: aDeclaration(),
      startedMs: startMs,
      finishedMs: startMs + 100,
      stoppedBecause: 'it has seen enough',
      exchanges: [expect.objectContaining({ probe: 1, sentMs: startMs, receivedMs: startMs + 100, status: 200 })],
      priorCharges: [],
      ledgerSinceMs: 0,
    },
  ]);
  expect(outcome).toEqual({
    state: 'done',
    fault: null,
    evidence: { exchanges: judged[0]?.exchanges, priorCharges: [], ledgerSinceMs: 0 },
    draft: {
      auditId,
      customerId: 'contoso',
      gatewayId: 'main',
      check: 'limit-status',
      trigger: 'cli',
      scheduledAt: '2026-01-05T12:00:00.000Z',
      startedAt: '2026-01-05T12:00:00.000Z',
      finishedAt: '2026-01-05T12:00:00.100Z',
      state: 'done',
      verdict: 'pass',
      findings: [{ rule: 'reachable', verdict: 'pass', expected: 'an answer', observed: 'one', because: 'It came.' }],
      estimate: { counters: 1 },
      summary: {
        probes: 1,
        answered: 1,
        refused: 0,
        failed: 0,
        tokens: { prompt: 16, completion: 4, total: 20 },
        latencyMs: { p50: 100, p90: 100, p99: 100, max: 100 },
        lateMs: { p50: 0, p99: 0 },
        byStatus: { '200': 1 },
        byBackend: {
          'Sweden Central': {
            probes: 1,
            tokens: 20,
            share: 1,
            latencyMs: { p50: 100, p90: 100, p99: 100, max: 100 },
          },
        },
      },
      stoppedBecause: 'it has seen enough',
      declared: aDeclaration(),
      rulesVersion: 1,
      evidenceHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
});

test("sends a step's probes together, numbered from 1", async () => {
  const { orders, endedMs } = await run({
    next: ({ exchanges, inFlight }) =>
      exchanges.length + inFlight === 0
        ? { do: 'send', phase: 'coarse', probes: [probe, probe, probe] }
        : exchanges.length < 3
          ? waitUntil(60_000)
          : stop,
  });
  expect(orders.map(({ probe: number, intendedMs }) => [number, intendedMs - startMs])).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
  ]);
  expect(endedMs).toBe(100);
});

test('a wait ends at its moment, and the probe that follows was meant for that moment', async () => {
  const { orders } = await run({
    next: ({ inFlight, nowMs }) => (inFlight > 0 ? stop : nowMs < startMs + 5_000 ? waitUntil(5_000) : sendOne),
  });
  expect(orders.map(({ intendedMs }) => intendedMs - startMs)).toEqual([5_000]);
});

test('a wait ends early when a probe under way finishes, and the exchanges are shown in the order of their ends', async () => {
  let count = 0;
  const shown: (readonly [number, readonly number[]])[] = [];
  await run({
    answer: () => ({ afterMs: [900, 300, 600][count++] ?? 0 }),
    next: ({ exchanges, inFlight, nowMs }) => {
      shown.push([nowMs - startMs, exchanges.map((exchange) => exchange.probe)]);
      if (exchanges.length === 3) return stop;
      return inFlight + exchanges.length === 0
        ? { do: 'send', phase: 'coarse', probes: [probe, probe, probe] }
        : waitUntil(60_000);
    },
  });
  expect(shown).toEqual([
    [0, []],
    [0, []],
    [300, [2]],
    [600, [2, 3]],
    [900, [2, 3, 1]],
  ]);
});

test('a check that waits for a moment that has passed loses a millisecond, and hangs nothing', async () => {
  let asked = 0;
  const { endedMs } = await run({
    next: () => {
      asked += 1;
      return asked > 5 ? stop : waitUntil(-1);
    },
  });
  expect(endedMs).toBe(5);
});

test('what is in flight when the check stops is awaited and judged too', async () => {
  const { judged } = await run({ next: ({ inFlight }) => (inFlight === 0 ? sendOne : stop) });
  expect(judged[0]?.exchanges.map((exchange) => exchange.receivedMs - startMs)).toEqual([100]);
});

describe('bounds', () => {
  const always = ({ inFlight }: AuditState): Step => (inFlight === 0 ? sendOne : waitUntil(3_600_000));

  test.each([
    ['tokens', { tokens: 71 }, 2, "the next step could cost 32 tokens, and 31 of the audit's budget of 71 are left"],
    ['probes', { probes: 3 }, 3, 'the audit reached its bound of 3 probes'],
    ['time', { endsAtMs: startMs + 350 }, 4, 'the audit reached the end of the time that it may take'],
  ] as const)('%s are never exceeded, and the check judges what there is', async (_, bounds, probes, because) => {
    const { judged, orders } = await run({ next: always, bounds });
    expect([orders.length, judged[0]?.stoppedBecause]).toEqual([probes, because]);
  });

  test('a step that does not fit as a whole is not sent in part', async () => {
    const { orders } = await run({
      next: () => ({ do: 'send', phase: 'coarse', probes: [probe, probe, probe] }),
      bounds: { tokens: 95 },
    });
    expect(orders).toEqual([]);
  });

  test('what is under way counts with all that it may cost', async () => {
    const { orders } = await run({ next: () => sendOne, bounds: { tokens: 90 }, answer: () => ({ status: 429 }) });
    expect(orders).toHaveLength(2);
  });

  test.each([
    ['a refusal costs nothing', { status: 429, refusedBy: 'gateway-token-limit' as const }, 3],
    ['an answer without usage costs its bound', { status: 200, usage: null }, 2],
    ['a probe that nobody answered costs its bound', { status: null, error: { kind: 'reset', detail: '' } }, 2],
    ['a probe that never arrived costs nothing', { status: null, error: { kind: 'connect', detail: '' } }, 3],
  ] as const)('%s', async (_, answer, probes) => {
    const { orders } = await run({ next: always, bounds: { tokens: 95, probes: 3 }, answer: () => answer });
    expect(orders).toHaveLength(probes);
  });
});

test('tells its progress: phase, probes, what they cost and how long it has taken', async () => {
  const told: unknown[] = [];
  await run({
    next: ({ exchanges, inFlight }) => (exchanges.length > 0 ? stop : inFlight > 0 ? waitUntil(60_000) : sendOne),
    onProgress: (progress) => told.push(progress),
  });
  expect(told).toEqual([
    { phase: 'probing', probes: 1, inFlight: 1, tokens: 0, elapsedMs: 0 },
    { phase: 'waiting', probes: 1, inFlight: 1, tokens: 0, elapsedMs: 0 },
    { phase: 'waiting', probes: 1, inFlight: 0, tokens: 20, elapsedMs: 100 },
  ]);
});

test('two audits of one id ask with one seed', async () => {
  const seeds: number[] = [];
  const next = ({ seed }: AuditState): Step => {
    seeds.push(seed);
    return stop;
  };
  await run({ next });
  await run({ next });
  expect(seeds[0]).toBe(seeds[1]);
});
