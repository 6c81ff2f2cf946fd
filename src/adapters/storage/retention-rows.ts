import type { TransactionAction } from '@azure/data-tables';
import type { OldRecord, Retention } from '../../audit/proof/retention';
import { AuditorError } from '../../auditor-error';
import { fromAnchorRow, toAnchorRow } from './anchor-row';
import { changeRow } from './change-row';
import {
  anchorKey,
  checkpointPrefix,
  endOfPrefix,
  evidencePrefix,
  partitionOf,
  pointerKey,
  reportRange,
} from './history-keys';
import { fromReportRow } from './report-row';
import type { RowKey, StorageTable, StoredRow } from './storage-table';

/** Azure takes so many rows in one transaction. */
const mostActions = 100;

/** What a purge asks of the table `audits`. */
export function retentionRows(table: StorageTable): Retention {
  return {
    async readAnchor(customerId) {
      const row = await table.read(anchorKey(customerId));
      return row === null ? null : fromAnchorRow(row);
    },

    writeAnchor: (anchor) =>
      changeRow<void>(table, anchorKey(anchor.customerId), (current) => {
        const isOlder = current !== null && fromAnchorRow(current).sequence > anchor.sequence;
        return isOlder ? { answer: undefined } : { write: toAnchorRow(anchor), answer: undefined };
      }),

    async readOlder(customerId, beforeMs, { top, continuationToken }) {
      const partition = partitionOf(customerId);
      const { first, end } = reportRange(null, beforeMs - 1);
      const page = await table.readPage({
        filter: (odata) => odata`PartitionKey eq ${partition} and RowKey ge ${first} and RowKey lt ${end}`,
        maxRows: top,
        ...(continuationToken !== null && { continuationToken }),
      });
      return { records: page.rows.map(toOldRecord), continuationToken: page.continuationToken };
    },

    async remove(customerId, records) {
      const rowsOfAudits = await Promise.all(records.map((record) => keysOf(table, customerId, record)));
      let batch: RowKey[] = [];
      for (const keys of rowsOfAudits) {
        if (batch.length + keys.length > mostActions) {
          await removeTogether(table, batch);
          batch = [];
        }
        batch.push(...keys);
      }
      if (batch.length > 0) await removeTogether(table, batch);
    },
  };
}

function toOldRecord(row: StoredRow): OldRecord {
  try {
    const report: unknown = fromReportRow(row);
    return { row: row.rowKey, report: isReport(report) ? report : null };
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return { row: row.rowKey, report: null };
    throw error;
  }
}

function isReport(report: unknown): report is NonNullable<OldRecord['report']> {
  return typeof report === 'object' && report !== null;
}

/** All rows of an audit, its report's last: whatever is broken off, no report is left without what belongs to it. */
async function keysOf(table: StorageTable, customerId: string, { row, report }: OldRecord): Promise<readonly RowKey[]> {
  const partitionKey = partitionOf(customerId);
  const auditId = String(report?.auditId ?? '');
  const reportRow = { partitionKey, rowKey: row };
  if (!/^[A-Za-z0-9-]{1,64}$/.test(auditId)) return [reportRow];
  const [evidence, checkpoint] = await Promise.all(
    [evidencePrefix(auditId), checkpointPrefix(auditId)].map((prefix) =>
      table.readKeys(
        (odata) => odata`PartitionKey eq ${partitionKey} and RowKey ge ${prefix} and RowKey lt ${endOfPrefix(prefix)}`,
      ),
    ),
  );
  return [...(evidence ?? []), ...(checkpoint ?? []), pointerKey(customerId, auditId), reportRow];
}

/** One by one where one of them is gone already: another purge is at it, or a broken one had begun. */
async function removeTogether(table: StorageTable, keys: readonly RowKey[]): Promise<void> {
  const actions = keys.map(({ partitionKey, rowKey }): TransactionAction => ['delete', { partitionKey, rowKey }]);
  if (await table.transact(actions)) return;
  for (const key of keys) await table.remove(key, '*');
}
