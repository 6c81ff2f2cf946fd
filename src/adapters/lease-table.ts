import type { CounterCharges } from '../audit/ports';
import { changeRow } from './change-row';
import { numberIn, timeIn } from './row-values';
import type { RowKey, StorageTable, StoredRow } from './storage-table';

/** The table `leases`, as far as it keeps when a counter was last charged. Properties of a lease stand beside and stay. */
export function leaseTable(table: StorageTable): CounterCharges {
  return {
    async last(counter) {
      const row = await table.read(counterKey(counter));
      return row === null ? null : chargeIn(row);
    },
    // A charge that is older than the one known says nothing new: two processes may report in any order.
    record: (counter, charge) =>
      changeRow<void>(table, counterKey(counter), (current) => {
        const known = current === null ? null : chargeIn(current);
        if (known !== null && known.atMs > charge.atMs) return { answer: undefined };
        const chargedAt = new Date(charge.atMs).toISOString();
        return { write: { chargedAt, chargedTokens: Math.ceil(charge.tokens) }, answer: undefined };
      }),
  };
}

function chargeIn(row: StoredRow): { atMs: number; tokens: number } | null {
  if (row.chargedAt === undefined) return null;
  return { atMs: timeIn(row, 'chargedAt'), tokens: numberIn(row, 'chargedTokens') };
}

function counterKey(counter: string): RowKey {
  return { partitionKey: 'leases', rowKey: `counter-${encodeKey(counter)}` };
}

/** Any text as a key, no two alike: letters, digits, dots, underscores and hyphens stay, other bytes become `=2F`. */
export function encodeKey(text: string): string {
  return text.replace(/[^A-Za-z0-9._-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}
