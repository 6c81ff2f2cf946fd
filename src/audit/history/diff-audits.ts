import { AuditorError } from '../../auditor-error';
import type { History } from '../ports';
import type { Report } from '../report';
import { diffReports, type ReportDiff } from './diff-reports';

/** Two audits of a customer by their ids. */
export interface AuditPair {
  readonly against: string;
  readonly auditId: string;
}

/**
 * What changed from the audit `against` to the audit `auditId`. Throws `not-found`, `conflict` while one of them has not
 * ended, and `bad-request` where they are of two checks.
 */
export async function diffAudits(
  history: Pick<History, 'readPointer' | 'readReport'>,
  customerId: string,
  { against, auditId }: AuditPair,
): Promise<ReportDiff> {
  const [before, after] = await Promise.all([
    readDone(history, customerId, against),
    readDone(history, customerId, auditId),
  ]);
  if (before.check === after.check) return diffReports(before, after);
  throw new AuditorError(
    'bad-request',
    `against: audit ${against} is one of ${before.check}, audit ${auditId} one of ${after.check}; only audits of one check can be compared.`,
  );
}

async function readDone(
  history: Pick<History, 'readPointer' | 'readReport'>,
  customerId: string,
  auditId: string,
): Promise<Report> {
  const stored = await history.readReport(customerId, auditId);
  if (stored !== null) return stored.report;
  const pointer = await history.readPointer(customerId, auditId);
  if (pointer === null) throw new AuditorError('not-found', `Customer ${customerId} has no audit ${auditId}.`);
  throw new AuditorError('conflict', `Audit ${auditId} of customer ${customerId} has not ended yet.`);
}
