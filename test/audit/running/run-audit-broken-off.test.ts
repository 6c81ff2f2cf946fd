import type { AuditState, Check, Step } from '../../../src/audit/check';
import { runAudit } from '../../../src/audit/running/run-audit';
import { AuditorError } from '../../../src/auditor-error';
import { fakeGateway } from '../../fake-gateway';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';

import { auditId, probe, run, scripted, sendOne, startMs, stop, waitUntil } from './a-scripted-run';

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
