import type { LimitStatus, LimitStatuses } from '../audit/ports';
import { changeRow } from './change-row';
import { partitionOf } from './history-keys';
import { parseJson, textIn } from './row-values';
import type { NewRow, RowKey, StorageTable, StoredRow } from './storage-table';

/** All rows stand in one partition, so that one query reads what is known of every customer. */
const partitionKey = 'limits';

/** The table `limits`. */
export function limitsTable(table: StorageTable): LimitStatuses {
  return {
    async read(customerId) {
      const row = await table.read(limitKey(customerId));
      return row === null ? null : fromLimitRow(row);
    },
    async readAll() {
      return (await table.readAll((odata) => odata`PartitionKey eq ${partitionKey}`)).map(fromLimitRow);
    },
    update: (customerId, change) =>
      changeRow(table, limitKey(customerId), (current) => {
        const changed = change(current === null ? null : fromLimitRow(current));
        return { write: toLimitRow(changed), answer: changed };
      }),
  };
}

export function toLimitRow(status: LimitStatus): NewRow {
  return { ...limitKey(status.customerId), status: JSON.stringify(status) };
}

export function fromLimitRow(row: StoredRow): LimitStatus {
  return parseJson<LimitStatus>(row, textIn(row, 'status'));
}

function limitKey(customerId: string): RowKey {
  return { partitionKey, rowKey: partitionOf(customerId) };
}
