import type { AuditState, Check, Evidence, Step } from '../../../src/audit/check';
import { type AuditRun, runAudit } from '../../../src/audit/running/run-audit';
import type { ProbeRequest } from '../../../src/probe/exchange';
import { type FakeAnswer, fakeGateway } from '../../fake-gateway';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';

export const startMs = Date.UTC(2026, 0, 5, 12);
export const auditId = '019b8e1e-4c00-7000-8000-000000000001';

export const probe: ProbeRequest = {
  step: 'only',
  surface: 'chat',
  streamed: false,
  credential: 'customer',
  promptTokens: 16,
  maxCompletionTokens: 4,
};

/** A check that is told step by step what to ask for; it passes whatever it saw, and keeps what it was shown. */
export function scripted(next: (state: AuditState) => Step) {
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

export async function run({ next, bounds, answer, ...rest }: Setting) {
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

export const sendOne: Step = { do: 'send', phase: 'probing', probes: [probe] };
export const stop: Step = { do: 'stop', because: 'it has seen enough' };
export const waitUntil = (afterMs: number): Step => ({ do: 'wait', phase: 'waiting', untilMs: startMs + afterMs });
