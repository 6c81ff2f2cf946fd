import type { AuditState, Check, Evidence, Step } from '../../../src/audit/check';
import { type AuditRun, runAudit } from '../../../src/audit/running/run-audit';
import { AuditorError } from '../../../src/auditor-error';
import type { ProbeRequest } from '../../../src/probe/exchange';
import { type FakeAnswer, fakeGateway } from '../../fake-gateway';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';

const startMs = Date.UTC(2026, 0, 5, 12);
const auditId = '019b8e1e-4c00-7000-8000-000000000001';

const probe: ProbeRequest = {
  step: 'only',
  surface: 'chat',
  streamed: false,
  credential: 'customer',
  promptTokens: 16,
  maxCompletionTokens: 4,
};

/** A check that is told step by step what to ask for; it passes whatever it saw, and keeps what it was shown. */
function scripted(next: (state: AuditState) => Step) {
  const judged: Evidence[] = [];
  const check: Check = {
    name: 'limit-status',
    saturates: false,
    next,
    judge: (evidence) => {
      judged.push(evidence);
      return {
        findings: [{ rule: 'reachable', verdict: 'pass', expected: 'an answer', observed: 'one', because: 'It came.' }],
        estimate: { counters: 1 },
      };
    },
  };
  return { check, judged };
}

interface Setting extends Partial<Omit<AuditRun, 'check' | 'bounds'>> {
  readonly next: (state: AuditState) => Step;
  readonly bounds?: Partial<AuditRun['bounds']>;
  readonly answer?: () => FakeAnswer;
}

async function run({ next, bounds, answer, ...rest }: Setting) {
  const clock = virtualClock(startMs);
  const gateway = fakeGateway(clock, answer);
  const { check, judged } = scripted(next);
  const outcome = await runAudit(
    {
      order: {
        auditId,
        customerId: 'contoso',
        gatewayId: 'main',
        check: 'limit-status',
        trigger: 'cli',
        scheduledAt: new Date(startMs).toISOString(),
      },
      check,
      declared: aDeclaration(),
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 10_000, probes: 100, endsAtMs: startMs + 600_000, ...bounds },
      ...rest,
    },
    { sendProbe: gateway.sendProbe, clock },
  );
  return { outcome, judged, orders: gateway.orders, endedMs: clock.nowMs() - startMs };
}

const sendOne: Step = { do: 'send', phase: 'probing', probes: [probe] };
const stop: Step = { do: 'stop', because: 'it has seen enough' };
const waitUntil = (afterMs: number): Step => ({ do: 'wait', phase: 'waiting', untilMs: startMs + afterMs });

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

describe('pauses', () => {
  test('a wait beyond the end of the invocation pauses the audit with all that it saw', async () => {
    const { outcome, judged } = await run({
      bounds: { pausesAtMs: startMs + 540_000, endsAtMs: startMs + 86_400_000 },
      next: ({ exchanges, inFlight }) => (exchanges.length + inFlight === 0 ? sendOne : waitUntil(3_600_000)),
    });
    expect(outcome).toEqual({
      state: 'paused',
      resumeAtMs: startMs + 3_600_000,
      startedMs: startMs,
      exchanges: [expect.objectContaining({ probe: 1 })],
    });
    expect(judged).toEqual([]);
  });

  test('a check that only ever sends pauses too', async () => {
    const { outcome } = await run({
      bounds: { pausesAtMs: startMs + 250 },
      next: ({ inFlight }) => (inFlight === 0 ? sendOne : waitUntil(600)),
    });
    expect(outcome).toMatchObject({ state: 'paused', resumeAtMs: startMs + 300, exchanges: [{}, {}, {}] });
  });

  test('a resumed audit goes on with its exchanges, its start and the next number', async () => {
    const first = await run({ next: ({ inFlight }) => (inFlight === 0 ? sendOne : stop) });
    const earlier = first.judged[0]?.exchanges ?? [];
    const { judged, outcome } = await run({
      resumed: { startedMs: startMs - 3_600_000, exchanges: earlier },
      next: ({ exchanges, inFlight }) => (exchanges.length === 2 ? stop : inFlight === 0 ? sendOne : waitUntil(60_000)),
    });
    expect(judged[0]?.exchanges.map((exchange) => exchange.probe)).toEqual([1, 2]);
    expect(outcome).toMatchObject({ draft: { startedAt: '2026-01-05T11:00:00.000Z' } });
  });
});

describe('interruptions', () => {
  test('an abort stops the probing at once; what is under way is awaited, and nobody is judged', async () => {
    const stopping = new AbortController();
    const { outcome, endedMs, judged } = await run({
      signal: stopping.signal,
      next: ({ exchanges, inFlight }) => {
        if (exchanges.length === 1) stopping.abort();
        return inFlight + exchanges.length === 0 ? { ...sendOne, probes: [probe, probe] } : waitUntil(300_000);
      },
      answer: () => ({ afterMs: 700 }),
    });
    expect([endedMs, judged]).toEqual([700, []]);
    expect(outcome).toMatchObject({
      state: 'done',
      fault: null,
      evidence: { exchanges: [{ probe: 1 }, { probe: 2 }] },
      draft: { verdict: 'inconclusive', findings: [], interrupted: true, summary: { probes: 2 } },
    });
  });

  test('an abort ends a wait', async () => {
    const stopping = new AbortController();
    const { endedMs } = await run({
      signal: stopping.signal,
      next: () => {
        queueMicrotask(() => stopping.abort());
        return waitUntil(300_000);
      },
    });
    expect(endedMs).toBe(0);
  });

  test.each<[string, (state: AuditState) => Step]>([
    [
      'throws',
      () => {
        throw new Error('undefined is not a function');
      },
    ],
    ['sends nothing', () => ({ do: 'send', phase: 'coarse', probes: [] })],
    ['waits for no moment', () => ({ do: 'wait', phase: 'idle', untilMs: Number.NaN })],
  ])('a check that %s is our fault, and no verdict on the gateway', async (_, next) => {
    const { outcome } = await run({
      next: (state) => (state.exchanges.length + state.inFlight ? next(state) : sendOne),
    });
    expect(outcome).toMatchObject({
      fault: { name: 'AuditorError', code: 'program-error', message: expect.stringContaining(auditId) },
      draft: {
        verdict: 'inconclusive',
        interrupted: true,
        stoppedBecause: 'trouble of the auditor itself (program-error) ended the audit',
        summary: { probes: 1 },
      },
    });
  });

  test('a judge that throws is our fault, and the evidence is kept', async () => {
    const clock = virtualClock(startMs);
    const { check } = scripted(({ inFlight }) => (inFlight === 0 ? sendOne : stop));
    const broken: Check = {
      ...check,
      judge: () => {
        throw new Error('oops');
      },
    };
    const { sendProbe } = fakeGateway(clock);
    const outcome = await runAudit(
      {
        order: { auditId, customerId: 'contoso', gatewayId: 'main', check: 'access', trigger: 'cli', scheduledAt: '' },
        check: broken,
        declared: aDeclaration(),
        priorCharges: [],
        ledgerSinceMs: 0,
        bounds: { tokens: 100, probes: 10, endsAtMs: startMs + 1_000 },
      },
      { sendProbe, clock },
    );
    expect(outcome).toMatchObject({ fault: { code: 'program-error' }, evidence: { exchanges: [{ probe: 1 }] } });
  });

  test('a probe that cannot be sent for a reason of ours ends the audit with that reason', async () => {
    const reason = new AuditorError('setting-missing', 'Set CONTOSO_KEY.');
    const { outcome } = await run({
      next: ({ inFlight }) => (inFlight === 0 ? sendOne : waitUntil(60_000)),
      answer: () => {
        throw reason;
      },
    });
    expect(outcome).toMatchObject({ fault: reason, draft: { interrupted: true } });
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
