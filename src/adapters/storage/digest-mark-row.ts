import type { DigestMark } from '../../audit/proof/digest';
import type { DigestMarks } from '../../audit/proof/digest-store';
import { changeRow } from './change-row';
import { numberIn, textIn } from './row-values';
import type { RowKey, StorageTable, StoredRow } from './storage-table';

/** In the table `limits`, beside the partition of the customers. */
const markKey: RowKey = { partitionKey: 'digests', rowKey: 'last' };

/** The note of the last digest. */
export function digestMarkRow(limits: StorageTable): DigestMarks {
  return {
    async read() {
      const row = await limits.read(markKey);
      return row === null ? null : fromMarkRow(row);
    },
    write: ({ name, number, to, hash }) =>
      changeRow<void>(limits, markKey, (current) => {
        const isOlder = current !== null && fromMarkRow(current).number > number;
        return isOlder ? { answer: undefined } : { write: { name, number, to, hash }, answer: undefined };
      }),
  };
}

function fromMarkRow(row: StoredRow): DigestMark {
  return {
    name: textIn(row, 'name'),
    number: numberIn(row, 'number'),
    to: textIn(row, 'to'),
    hash: textIn(row, 'hash'),
  };
}
