import type { TransactionAction } from '@azure/data-tables';
import { maxEvidenceBytes, packEvidence } from '../../audit/evidence-size';
import { dayOf, foldIntoDay } from '../../audit/history/day-roll-up';
import type { Pointer, StoredEvidence } from '../../audit/ports';
import { evidenceHashOf } from '../../audit/proof/evidence-hash';
import { isSealOf, sealReport } from '../../audit/proof/hash-chain';
import type { Report, ReportDraft } from '../../audit/report';
import { AuditorError } from '../../auditor-error';
import { maxTries, pauseAfter, tooBusy } from './change-row';
import { fromDayRollUpRow, toDayRollUpRow } from './day-roll-up-row';
import { toEvidenceRows } from './evidence-rows';
import { fromHeadRow, toHeadRow } from './head-row';
import { dayKey, headKey, pointerKey, reportKey } from './history-keys';
import { fromPointerRow, toPointerRow } from './pointer-row';
import { fromReportRow, toReportRow } from './report-row';
import type { NewRow, StorageTable, StoredRow } from './storage-table';

/** What a finished audit leaves, and under which attempt it was made. */
export interface FinishedAudit {
  readonly draft: ReportDraft;
  readonly evidence: StoredEvidence;
  readonly fence: { readonly attempt: number; readonly nowMs: number };
}

/** Azure takes 4 MiB in one transaction. The other rows, the multipart frame and the report's hashes fit into the rest. */
const maxTransactionBytes = 4 * 1024 * 1024;
const otherBytes = 128 * 1024;

/**
 * Ends an audit in one transaction, which is the only way into the chain. Whatever comes back but a yes (another audit
 * of this customer was quicker, an answer was lost), the pointer says what really happened: it is read before every try.
 *
 * What is stored decides: the report's `evidenceHash` and `evidenceTruncated` are those of the evidence as it was kept.
 */
export async function commitAudit(table: StorageTable, finished: FinishedAudit): Promise<Report> {
  const { draft, packed } = fitIntoTransaction(finished);
  const { customerId, auditId } = draft;
  for (let tries = 1; tries <= maxTries; tries++) {
    const [pointerRow, headRow, dayRow] = await Promise.all([
      table.read(pointerKey(customerId, auditId)),
      table.read(headKey(customerId)),
      table.read(dayKey(customerId, dayOf(draft))),
    ]);
    if (pointerRow === null) throw new AuditorError('not-found', `Cannot save ${nameOf(draft)}: it was never queued`);
    const pointer = fromPointerRow(pointerRow);
    if (pointer.state === 'done') return ownEarlierReport(table, draft, pointer);
    if (pointer.state !== 'running' || pointer.attempt !== finished.fence.attempt) throw overtaken(draft);

    const head = headRow === null ? null : fromHeadRow(headRow);
    const committedMs = Math.max(finished.fence.nowMs, head === null ? 0 : head.committedMs + 1);
    const report = sealReport(draft, head);
    const rollUp = foldIntoDay(dayRow === null ? null : fromDayRollUpRow(dayRow), draft, finished.evidence.exchanges);
    const { checkpoint: _, resumesAtMs: __, ...lasting } = pointer;
    const done = { ...lasting, state: 'done' as const, sinceMs: committedMs, hash: report.hash };
    const isCommitted = await table.transact([
      put(toHeadRow(customerId, { ...report, committedMs }), headRow),
      put(toPointerRow({ ...done, reportRow: reportKey(customerId, { ...report, committedMs }).rowKey }), pointerRow),
      ['create', toReportRow(report, committedMs)],
      ...toEvidenceRows(customerId, auditId, packed).map((row): TransactionAction => ['create', row]),
      // Judged again, nothing was sent: its day has counted that audit.
      ...(draft.rejudgementOf === undefined ? [put(toDayRollUpRow(customerId, rollUp), dayRow)] : []),
    ]);
    if (isCommitted) return report;
    await pauseAfter(tries);
  }
  throw tooBusy(`save ${nameOf(draft)}`);
}

function fitIntoTransaction({ draft, evidence }: FinishedAudit): { draft: ReportDraft; packed: Uint8Array } {
  const reportBytes = Buffer.byteLength(JSON.stringify(JSON.stringify(draft)));
  // Three bytes become four characters of base64.
  const roomBytes = Math.floor(((maxTransactionBytes - otherBytes - reportBytes) * 3) / 4);
  const kept = packEvidence(evidence, Math.min(maxEvidenceBytes, roomBytes));
  const isTruncated = kept.truncated || draft.evidenceTruncated === true;
  return {
    draft: {
      ...draft,
      evidenceHash: evidenceHashOf(kept.evidence),
      ...(isTruncated && { evidenceTruncated: true as const }),
    },
    packed: kept.packed,
  };
}

function put(row: NewRow, current: StoredRow | null): TransactionAction {
  return current === null ? ['create', row] : ['update', row, 'Replace', { etag: current.etag }];
}

async function ownEarlierReport(table: StorageTable, draft: ReportDraft, pointer: Pointer): Promise<Report> {
  const { partitionKey } = pointerKey(draft.customerId, draft.auditId);
  const row = pointer.reportRow === undefined ? null : await table.read({ partitionKey, rowKey: pointer.reportRow });
  const report = row === null ? null : fromReportRow(row);
  if (report === null || report.hash !== pointer.hash || !isSealOf(report, draft)) throw overtaken(draft);
  return report;
}

function overtaken(draft: ReportDraft): AuditorError {
  return new AuditorError(
    'conflict',
    `Cannot save ${nameOf(draft)}: another attempt at it has overtaken this one, which is to be given up`,
  );
}

function nameOf({ auditId, customerId }: ReportDraft): string {
  return `audit ${auditId} of customer ${customerId}`;
}
