import type { StorageTable, StoredRow } from '../src/adapters/storage/storage-table';

/** A table of rows in memory that is only read page by page: of a request for them nothing is ours but what follows. */
export function pagedTable(rows: readonly StoredRow[]): StorageTable {
  const notAsked = () => Promise.reject(new Error('Only pages are asked for here.'));
  return {
    prepare: notAsked,
    read: notAsked,
    insert: notAsked,
    replace: notAsked,
    merge: notAsked,
    remove: notAsked,
    readAll: notAsked,
    readKeys: notAsked,
    transact: notAsked,
    async readPage({ maxRows, continuationToken }) {
      const from = continuationToken === undefined ? 0 : placeIn(continuationToken);
      const end = from + maxRows;
      return { rows: rows.slice(from, end), continuationToken: end < rows.length ? tokenAt(end) : null };
    },
  };
}

/** In the form of the tables SDK: base64 of the next row's keys. */
function tokenAt(place: number): string {
  return Buffer.from(JSON.stringify({ nextPartitionKey: 'contoso', nextRowKey: String(place) })).toString('base64');
}

function placeIn(token: string): number {
  return Number(JSON.parse(Buffer.from(token, 'base64').toString('utf8')).nextRowKey);
}
