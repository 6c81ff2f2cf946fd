import type { AuditState, Check, Step } from '../../../src/audit/check';
import type { MeterReading } from '../../../src/audit/meter-reading';
import { type CheckRun, driveCheck, type RunPorts } from '../../../src/audit/running/drive-check';
import { fakeGateway } from '../../fake-gateway';
import { anExchange } from '../../probe/an-exchange';
import { virtualClock } from '../../virtual-clock';
import { aCheck, aProbe } from '../a-check';
import { aDeclaration } from '../a-declaration';

const startMs = Date.UTC(2026, 0, 5, 12);
const window = { fromMs: startMs - 60_000, toMs: startMs };
const reading: MeterReading = { askedMs: startMs, ...window, state: 'complete', because: null, rows: [] };
const stop: Step = { do: 'stop', because: 'it has seen enough' };

function drive(next: Check['next'], ports: Partial<RunPorts> = {}, run: Partial<CheckRun> = {}) {
  const clock = virtualClock(startMs);
  return driveCheck(
    {
      auditId: '019b8e1e-4c00-7000-8000-000000000001',
      check: aCheck({ next }),
      declared: aDeclaration(),
      startedMs: startMs,
      seed: 1,
      earlier: [],
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 10_000, probes: 100, endsAtMs: startMs + 600_000 },
      ...run,
    },
    { sendProbe: fakeGateway(clock).sendProbe, clock, ...ports },
  );
}

const readOnce = ({ meterReadings = [] }: AuditState): Step =>
  meterReadings.length > 0 ? stop : { do: 'read-meter', phase: 'reading', ...window };

describe('a check that asks for the meter', () => {
  test('is shown the reading, which is part of what was seen', async () => {
    const driven = await drive(readOnce, { readMeter: async () => reading });
    expect(driven).toEqual({
      end: { why: 'stopped', because: 'it has seen enough' },
      exchanges: [],
      meterReadings: [reading],
    });
  });

  test('sees trouble where the gateway has none', async () => {
    const { meterReadings } = await drive(readOnce);
    expect(meterReadings).toEqual([{ ...reading, state: 'trouble', because: 'the gateway has no meter' }]);
  });

  test('goes on after a pause with what had been read', async () => {
    const driven = await drive(readOnce, {}, { earlierReadings: [reading] });
    expect(driven.meterReadings).toEqual([reading]);
  });

  test('pauses where there is no time left to read', async () => {
    const bounds = { tokens: 1, probes: 1, endsAtMs: startMs + 600_000, pausesAtMs: startMs };
    const { end } = await drive(readOnce, { readMeter: async () => reading }, { bounds });
    expect(end).toEqual({ why: 'paused', resumeAtMs: startMs });
  });

  test('is ended where it asks again and again', async () => {
    const { end, meterReadings } = await drive(() => ({ do: 'read-meter', phase: 'reading', ...window }), {
      readMeter: async () => reading,
    });
    expect([end, meterReadings.length]).toEqual([{ why: 'stopped', because: 'the meter was read too often' }, 20]);
  });
});

describe('a check that asks for a call of the SDK', () => {
  const callOnce = ({ exchanges, inFlight }: AuditState): Step => {
    if (inFlight > 0) return { do: 'wait', phase: 'calling', untilMs: startMs + 60_000 };
    return exchanges.length > 0 ? stop : { do: 'call-sdk', phase: 'calling', request: aProbe };
  };
  const attempts = [
    anExchange({ probe: 1, status: 429, sdk: { call: 1, attempt: 0 } }),
    anExchange({ probe: 2, sdk: { call: 1, attempt: 1, outcome: { tookMs: 900, error: null, keptMessage: null } } }),
  ];

  test('gets each attempt as an exchange', async () => {
    const { exchanges } = await drive(callOnce, { callSdk: async () => attempts });
    expect(exchanges).toEqual(attempts);
  });

  test('is not begun where the budget would not pay for every attempt', async () => {
    const bounds = { tokens: 60, probes: 10, endsAtMs: startMs + 600_000 };
    const { end, exchanges } = await drive(callOnce, { callSdk: async () => attempts }, { bounds });
    expect(exchanges).toEqual([]);
    expect(end).toEqual({
      why: 'stopped',
      because: "the next step could cost 96 tokens, and 60 of the audit's budget of 60 are left",
    });
  });
});
