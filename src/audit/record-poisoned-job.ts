import { AuditorError } from '../auditor-error';
import type { CheckName, Declaration } from './declaration';
import { draftReport } from './draft-report';
import type { AuditJob, Storage } from './ports';
import type { AuditOrder, Report } from './report';
import { keepTrailingRows } from './run-recorded-audit';

export interface PoisonSetting {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open'>;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly nowMs: number;
}

/**
 * Ends the audits of a job that failed each time that it was delivered: those that are not done yet become
 * inconclusive and interrupted, so that the history shows that somebody was to be audited and was not. Answers what it
 * recorded, and what it could not because the customer is no longer configured.
 */
export async function recordPoisonedJob(
  job: AuditJob,
  setting: PoisonSetting,
): Promise<{ readonly reports: readonly Report[]; readonly faults: readonly AuditorError[] }> {
  const reports: Report[] = [];
  const faults: AuditorError[] = [];
  for (const order of job.audits) {
    try {
      const report = await recordInterrupted(order, setting);
      if (report !== null) reports.push(report);
    } catch (error) {
      if (!(error instanceof AuditorError) || error.code !== 'not-found') throw error;
      await setting.storage.open.release(order.customerId, order.check, order.auditId);
      faults.push(error);
    }
  }
  return { reports, faults };
}

async function recordInterrupted(order: AuditOrder, setting: PoisonSetting): Promise<Report | null> {
  const { storage, declarationOf, nowMs } = setting;
  const declared = declarationOf(order.customerId, order.check);
  const pointer = await storage.history.beginAttempt(order.customerId, order.auditId, nowMs);
  if (pointer === null) {
    await storage.open.release(order.customerId, order.check, order.auditId);
    return null;
  }
  const evidence = { exchanges: [], priorCharges: [], ledgerSinceMs: nowMs };
  const draft = draftReport({
    order,
    declared,
    evidence,
    startedMs: nowMs,
    finishedMs: nowMs,
    stoppedBecause: 'its job failed each time that it was delivered, and was given up',
    judgement: null,
  });
  const report = await storage.history.commit(draft, evidence, { attempt: pointer.attempt, nowMs });
  await keepTrailingRows({ report, exchanges: [] }, storage);
  return report;
}
