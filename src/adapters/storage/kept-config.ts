import { gunzipSync, gzipSync } from 'node:zlib';
import { packedIn, toPackedRows } from './evidence-rows';
import { textIn } from './row-values';
import type { StorageTable } from './storage-table';

/** The last configuration that was in order, for instances that start while the newest one is not. */
export interface KeptConfig {
  /** Null where none is kept of this place. */
  read(): Promise<string | null>;
  save(text: string): Promise<void>;
}

const key = { partitionKey: 'configuration', rowKey: 'last-good' };

/**
 * Kept in one row, compressed, of the table `configuration`, which is made at the first use. `origin` is where the
 * configuration was read, without anything secret: another place's is none of ours.
 */
export function keptConfigTable(table: StorageTable, origin: string): KeptConfig {
  async function readRow() {
    await table.prepare();
    const row = await table.read(key);
    if (row === null) return null;
    const isOurs = textIn(row, 'origin') === origin;
    return { etag: row.etag, text: isOurs ? gunzipSync(packedIn([row])).toString('utf8') : null };
  }

  return {
    read: async () => (await readRow())?.text ?? null,
    async save(text) {
      const kept = await readRow();
      if (kept?.text === text) return;
      const [packed] = toPackedRows(gzipSync(text), () => key);
      if (packed === undefined) return;
      const row = { ...packed, origin };
      // Another instance may be faster, with the same text or a newer one.
      if (kept === null) await table.insert(row);
      else await table.replace(row, kept.etag);
    },
  };
}
