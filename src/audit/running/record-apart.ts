import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { withReport } from '../limit-status';
import type { Storage, StoredEvidence } from '../ports';
import type { AuditOrder, Report, ReportDraft } from '../report';

/** An audit that is recorded without having been run under its id. */
export interface ApartRecord {
  /** Its id follows from what is recorded, so that whoever records the same, twice or at the same time, does it once. */
  readonly order: AuditOrder;
  readonly evidence: StoredEvidence;
  readonly draftAt: (nowMs: number) => ReportDraft;
}

export interface RecordPorts {
  readonly storage: Pick<Storage, 'history' | 'limits'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

const maxTries = 5;

/** Puts the record into the customer's history, or finds it there, and keeps the limit status in step. */
export async function recordApart(
  { order, evidence, draftAt }: ApartRecord,
  { storage, clock }: RecordPorts,
): Promise<Report> {
  const { customerId, auditId } = order;
  for (let tries = 1; ; tries++) {
    const nowMs = clock.nowMs();
    await storage.history.insertPointer(order, nowMs);
    const pointer = await storage.history.beginAttempt(customerId, auditId, nowMs);
    if (pointer === null) return keepStored(order, storage);
    const { broken = [] } = pointer;
    // Who broke off while recording sent nothing: no trace of it may stay in the pointer of what is done.
    const unrecorded = broken.map(({ attempt }) => attempt);
    if (unrecorded.length > 0) await storage.history.forgetBroken(order, unrecorded);
    try {
      const report = await storage.history.commit(draftAt(nowMs), evidence, { attempt: pointer.attempt, nowMs });
      await storage.limits.update(customerId, (current) => withReport(current, { report, ...evidence }));
      return report;
    } catch (error) {
      // Somebody else records the same: theirs is as good.
      if (!(error instanceof AuditorError) || error.code !== 'conflict' || tries === maxTries) throw error;
    }
  }
}

async function keepStored({ customerId, auditId }: AuditOrder, storage: RecordPorts['storage']): Promise<Report> {
  const stored = await storage.history.readReport(customerId, auditId);
  if (stored === null) {
    throw new AuditorError(
      'storage-corrupt',
      `Audit ${auditId} of customer ${customerId} is done, but its report is not there.`,
    );
  }
  const { report, evidence } = stored;
  await storage.limits.update(customerId, (current) => withReport(current, { report, ...evidence }));
  return report;
}
