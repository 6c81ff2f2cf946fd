import { createHash } from 'node:crypto';
import { newAuditId } from '../audit-id';
import { draftReport } from '../draft-report';
import type { StoredEvidence } from '../ports';
import type { AuditOrder, Report } from '../report';
import { type RecordPorts, recordApart } from '../running/record-apart';
import type { Rejudgement } from './rejudge';

/** An audit as it is stored, or a record by which it was judged again: the evidence is the same. */
export interface StoredAudit {
  readonly report: Report;
  readonly evidence: StoredEvidence;
}

export interface KeptRejudgement {
  readonly report: Report;
  /** False: it had been there already. */
  readonly isNew: boolean;
}

/**
 * Records a rejudgement as a record of its own in the customer's chain, which names the audit and holds its evidence,
 * so that it verifies and can be judged again even where the audit was purged. Times and numbers stay those of the
 * audit: nothing was measured. Its id follows from the audit and the version of the rules, so that one version's
 * judgement is recorded once. Null where nothing could be judged.
 */
export async function storeRejudgement(
  rejudged: Rejudgement,
  { report, evidence }: StoredAudit,
  ports: RecordPorts,
): Promise<KeptRejudgement | null> {
  if (rejudged.undecidedBecause !== null) return null;
  const { customerId, gatewayId, check, scheduledAt, declared, stoppedBecause } = report;
  const startedMs = Date.parse(report.startedAt);
  const finishedMs = Date.parse(report.finishedAt);
  const auditId = rejudgementIdOf(rejudged, finishedMs);
  const order: AuditOrder = { auditId, customerId, gatewayId, check, trigger: 'cli', scheduledAt };
  const draftAt = (nowMs: number) => ({
    ...draftReport({ order, declared, evidence, startedMs, finishedMs, stoppedBecause, judgement: rejudged }),
    rejudgementOf: rejudged.rejudgementOf,
    rejudgedAt: new Date(nowMs).toISOString(),
  });
  const known = await ports.storage.history.readPointer(customerId, auditId);
  const record = await recordApart({ order, evidence, draftAt }, ports);
  return { report: record, isNew: known?.state !== 'done' };
}

function rejudgementIdOf({ rejudgementOf, rulesVersion }: Rejudgement, finishedMs: number): string {
  const judgedBy = `${rejudgementOf} judged again by rules ${rulesVersion.after}`;
  return newAuditId(finishedMs, createHash('sha256').update(judgedBy).digest());
}
