import { AuditorError } from '../../auditor-error';
import type { Exchange } from '../../probe/exchange';
import { withReport } from '../limit-status';
import type { Storage } from '../ports';
import type { AuditOrder, Report } from '../report';

/** The rows that follow from a stored report; written again they change nothing. */
export async function keepTrailingRows(
  kept: { readonly report: Report; readonly exchanges: readonly Exchange[] },
  { limits, open }: Pick<Storage, 'limits' | 'open'>,
): Promise<void> {
  const { customerId, check, auditId } = kept.report;
  await limits.update(customerId, (current) => withReport(current, kept));
  await open.release(customerId, check, auditId);
}

/** The same for an audit that is found done: its answer. */
export async function keepDone(
  order: AuditOrder,
  storage: Pick<Storage, 'history' | 'limits' | 'open'>,
): Promise<Report> {
  const { customerId, auditId } = order;
  const stored = await storage.history.readReport(customerId, auditId);
  if (stored === null) {
    throw new AuditorError(
      'storage-corrupt',
      `Audit ${auditId} of customer ${customerId} is done, but its report is not there.`,
    );
  }
  await keepTrailingRows({ report: stored.report, exchanges: stored.evidence.exchanges }, storage);
  await storage.history.dropCheckpoint(order);
  return stored.report;
}
