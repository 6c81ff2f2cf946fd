import type { LimitStatus, LimitStatuses } from '../../audit/ports';
import { changeRow } from './change-row';
import { partitionOf } from './history-keys';
import { corrupt, parseJson, readableOrNull, textIn } from './row-values';
import type { NewRow, RowKey, StorageTable, StoredRow } from './storage-table';

/** All rows stand in one partition, so that one query reads what is known of every customer. */
const partitionKey = 'limits';

/** The table `limits`. */
export function limitsTable(table: StorageTable): LimitStatuses {
  return {
    async read(customerId) {
      return readableOrNull(await table.read(limitKey(customerId)), fromLimitRow);
    },
    async readAll() {
      const rows = await table.readAll((odata) => odata`PartitionKey eq ${partitionKey}`);
      return rows.flatMap((row) => readableOrNull(row, fromLimitRow) ?? []);
    },
    async readBetween(first, last) {
      const [from, to] = [partitionOf(first), partitionOf(last)];
      const rows = await table.readAll(
        (odata) => odata`PartitionKey eq ${partitionKey} and RowKey ge ${from} and RowKey le ${to}`,
      );
      return rows.flatMap((row) => readableOrNull(row, fromLimitRow) ?? []);
    },
    update: (customerId, change) =>
      changeRow(table, limitKey(customerId), (current) => {
        const changed = change(readableOrNull(current, fromLimitRow));
        return { write: toLimitRow(changed), answer: changed };
      }),
  };
}

export function toLimitRow(status: LimitStatus): NewRow {
  return { ...limitKey(status.customerId), status: JSON.stringify(status) };
}

function fromLimitRow(row: StoredRow): LimitStatus {
  const status = parseJson<LimitStatus | null>(row, textIn(row, 'status'));
  if (status !== null && hasForm(status) && status.customerId === row.rowKey) return status;
  throw corrupt(row, "it holds no customer's limit status");
}

/** What every reader relies on; JSON of somebody else's may be anything. */
function hasForm({ declared, verdicts, spent, observed, throttled, head }: Partial<LimitStatus>): boolean {
  return (
    typeof declared?.tokensPerMinute === 'number' &&
    isObject(verdicts) &&
    Object.values(verdicts ?? {}).every(isObject) &&
    typeof spent?.tokens === 'number' &&
    [observed, throttled, head].every((part) => part === null || isObject(part))
  );
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function limitKey(customerId: string): RowKey {
  return { partitionKey, rowKey: partitionOf(customerId) };
}
