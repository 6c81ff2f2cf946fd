import type { History, Pointer } from '../../audit/ports';
import { beginAttempt, forgetBroken } from './begin-attempt';
import { changeNewRow } from './change-row';
import { dropCheckpoint, readCheckpoint, saveCheckpoint } from './checkpoint-rows';
import { commitAudit } from './commit-audit';
import { fromDayRollUpRow } from './day-roll-up-row';
import { fromEvidenceRows } from './evidence-rows';
import { fromHeadRow } from './head-row';
import { dayKey, endOfPrefix, evidencePrefix, headKey, partitionOf, pointerKey } from './history-keys';
import { listHistory } from './list-history';
import { fromPointerRow, toPointerRow } from './pointer-row';
import { readLinks } from './read-links';
import { fromReportRow } from './report-row';
import type { StorageTable } from './storage-table';

/** The table `audits`. */
export function historyTable(table: StorageTable): History {
  async function readPointer(customerId: string, auditId: string): Promise<Pointer | null> {
    const row = await table.read(pointerKey(customerId, auditId));
    return row === null ? null : fromPointerRow(row);
  }

  return {
    readPointer,

    insertPointer: (order, nowMs) =>
      changeNewRow(table, pointerKey(order.customerId, order.auditId), (current) =>
        current === null
          ? { write: toPointerRow({ order, state: 'queued', attempt: 0, sinceMs: nowMs }), answer: true }
          : { answer: false },
      ),

    beginAttempt: (customerId, auditId, nowMs) => beginAttempt(table, { customerId, auditId }, nowMs),
    saveCheckpoint: (audit, checkpoint, fence) => saveCheckpoint(table, audit, { checkpoint, fence }),
    readCheckpoint: (audit, place) => readCheckpoint(table, audit, place),
    forgetBroken: (audit, attempts) => forgetBroken(table, audit, attempts),
    dropCheckpoint: (audit) => dropCheckpoint(table, audit),

    commit: (draft, evidence, fence) => commitAudit(table, { draft, evidence, fence }),

    async readReport(customerId, auditId) {
      const pointer = await readPointer(customerId, auditId);
      if (pointer?.reportRow === undefined) return null;
      const prefix = evidencePrefix(auditId);
      const partitionKey = partitionOf(customerId);
      const [reportRow, evidenceRows] = await Promise.all([
        table.read({ partitionKey, rowKey: pointer.reportRow }),
        table.readAll(
          (odata) =>
            odata`PartitionKey eq ${partitionKey} and RowKey ge ${prefix} and RowKey lt ${endOfPrefix(prefix)}`,
        ),
      ]);
      if (reportRow === null) return null;
      return { report: fromReportRow(reportRow), evidence: fromEvidenceRows(evidenceRows) };
    },

    list: (customerId, filter) => listHistory(table, customerId, filter),

    readLinks: (customerId, continuationToken) => readLinks(table, customerId, continuationToken),

    async readDays(customerId, { from = '', to = '9999' }) {
      const { partitionKey, rowKey: first } = dayKey(customerId, from);
      const { rowKey: last } = dayKey(customerId, to);
      const rows = await table.readAll(
        (odata) => odata`PartitionKey eq ${partitionKey} and RowKey ge ${first} and RowKey le ${last}`,
      );
      return rows.map(fromDayRollUpRow);
    },

    async readHead(customerId) {
      const row = await table.read(headKey(customerId));
      if (row === null) return null;
      const { sequence, hash } = fromHeadRow(row);
      return { sequence, hash };
    },
  };
}
