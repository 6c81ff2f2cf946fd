import { createHash } from 'node:crypto';
import { newAuditId } from '../audit-id';
import type { Declaration } from '../declaration';
import { draftReport } from '../draft-report';
import type { StoredEvidence } from '../ports';
import type { AuditOrder, Report } from '../report';
import { type RecordPorts, recordApart } from './record-apart';

/** An attempt at an audit that did not bring it to its end, and what it had seen by then. */
export interface BrokenRun {
  readonly order: AuditOrder;
  readonly declared: Declaration;
  readonly attempt: number;
  /** When the attempt began, as its pointer says; epoch ms. */
  readonly sinceMs: number;
  readonly startedMs: number;
  readonly evidence: StoredEvidence;
}

/**
 * Records a broken attempt as an audit of its own. Its id follows from the attempt, so that whoever finds the same
 * attempt broken, twice or at the same time, records it once.
 */
export function recordBroken(run: BrokenRun, ports: RecordPorts): Promise<Report> {
  const because = `attempt ${run.attempt} broke off and was not heard of again; this is what it had kept by then`;
  return recordAs(brokenIdOf(run, 'broken'), { ...run, because }, ports);
}

/**
 * Records what an attempt saw that another one has overtaken. Whoever overtook it may have recorded what it had kept:
 * then the rest is recorded, so that no exchange is lost and none stands twice.
 */
export async function recordOvertaken(run: BrokenRun, ports: RecordPorts): Promise<Report> {
  const because = `attempt ${run.attempt} was overtaken by another one, which took it for broken`;
  const report = await recordAs(brokenIdOf(run, 'broken'), { ...run, because }, ports);
  const { customerId, auditId } = report;
  const stored = await ports.storage.history.readReport(customerId, auditId);
  const known = new Set(stored?.evidence.exchanges.map(({ probe }) => probe));
  const exchanges = run.evidence.exchanges.filter(({ probe }) => !known.has(probe));
  if (exchanges.length === 0) return report;
  const rest = { ...run, evidence: { ...run.evidence, exchanges }, because };
  return recordAs(brokenIdOf(run, 'rest'), rest, ports);
}

function recordAs(auditId: string, run: BrokenRun & { readonly because: string }, ports: RecordPorts): Promise<Report> {
  const order = { ...run.order, auditId };
  const { declared, evidence, startedMs, because: stoppedBecause } = run;
  const draftAt = (finishedMs: number) => ({
    ...draftReport({ order, declared, evidence, startedMs, finishedMs, stoppedBecause, judgement: null }),
    attemptOf: run.order.auditId,
  });
  return recordApart({ order, evidence, draftAt }, ports);
}

function brokenIdOf({ order, attempt, sinceMs }: BrokenRun, part: 'broken' | 'rest'): string {
  return newAuditId(sinceMs, createHash('sha256').update(`${order.auditId} ${attempt} ${part}`).digest());
}
