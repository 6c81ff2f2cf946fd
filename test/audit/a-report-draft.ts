import type { StoredEvidence } from '../../src/audit/ports';
import type { AuditOrder, ReportDraft } from '../../src/audit/report';
import { anExchange } from '../probe/an-exchange';
import { aDeclaration } from './a-declaration';

/** An order for an audit with nothing special about it. */
export function anOrder(overrides: Partial<AuditOrder> = {}): AuditOrder {
  return {
    auditId: '0192f0c1-0000-7000-8000-000000000001',
    customerId: 'contoso',
    gatewayId: 'main',
    check: 'limit-status',
    trigger: 'timer',
    scheduledAt: '2026-11-22T10:00:00.000Z',
    ...overrides,
  };
}

/** A finished audit that passed with one probe. */
export function aReportDraft(overrides: Partial<ReportDraft> = {}): ReportDraft {
  return {
    ...anOrder(),
    startedAt: '2026-11-22T10:00:01.000Z',
    finishedAt: '2026-11-22T10:00:02.000Z',
    state: 'done',
    verdict: 'pass',
    findings: [
      { rule: 'reachable', verdict: 'pass', expected: 'an answer', observed: '200', because: 'The gateway answered.' },
    ],
    estimate: {},
    summary: {
      probes: 1,
      answered: 1,
      refused: 0,
      failed: 0,
      tokens: { prompt: 10, completion: 5, total: 15 },
      latencyMs: { p50: 300, p90: 300, p99: 300, max: 300 },
      lateMs: { p50: 0, p99: 0 },
      byStatus: { '200': 1 },
      byBackend: { 'Sweden Central': { probes: 1, tokens: 15 } },
    },
    stoppedBecause: 'the gateway answered',
    declared: aDeclaration(),
    rulesVersion: 1,
    evidenceHash: '',
    ...overrides,
  };
}

export function someEvidence(overrides: Partial<StoredEvidence> = {}): StoredEvidence {
  return {
    exchanges: [anExchange()],
    priorCharges: [{ sentMs: 900_000, receivedMs: 900_100, tokens: 12 }],
    ledgerSinceMs: 500_000,
    ...overrides,
  };
}
