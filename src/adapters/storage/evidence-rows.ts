import { hashOfPackedEvidence, unpackEvidence } from '../../audit/evidence-size';
import type { StoredEvidence } from '../../audit/ports';
import { evidenceKey } from './history-keys';
import { partName } from './row-values';
import type { NewRow, RowKey, StoredRow } from './storage-table';

/** Azure keeps 64 KiB in a property and 1 MiB in an entity; a number of bytes that base64 fills without padding. */
const maxPartBytes = 63 * 1024;
const maxPartsInRow = 15;

/** Packed evidence over as many rows as it needs. */
export function toEvidenceRows(customerId: string, auditId: string, packed: Uint8Array): NewRow[] {
  return toPackedRows(packed, (row) => evidenceKey(customerId, auditId, row));
}

/** The same under other keys. */
export function toPackedRows(packed: Uint8Array, keyOf: (row: number) => RowKey): NewRow[] {
  const parts = cut(packed, maxPartBytes);
  const rows: NewRow[] = [];
  for (let start = 0; start < parts.length; start += maxPartsInRow) {
    const inRow = parts.slice(start, start + maxPartsInRow);
    rows.push({
      ...keyOf(rows.length),
      ...Object.fromEntries(inRow.map((part, at) => [partName('gzip', at), part])),
    });
  }
  return rows;
}

/** `rows` in the order of their keys. Throws `storage-corrupt` where they are not an audit's evidence. */
export function fromEvidenceRows(rows: readonly StoredRow[]): StoredEvidence {
  return unpackEvidence(packedIn(rows));
}

/** The hash of what the rows hold, held against the one that a report names. Throws like `fromEvidenceRows`. */
export function hashOfEvidenceRows(rows: readonly StoredRow[], named: string): string {
  return hashOfPackedEvidence(packedIn(rows), named);
}

export function packedIn(rows: readonly StoredRow[]): Uint8Array {
  return Buffer.concat(rows.flatMap(partsOf));
}

function partsOf(row: StoredRow): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let part = row.gzip00; part instanceof Uint8Array; part = row[partName('gzip', parts.length)]) parts.push(part);
  return parts;
}

function cut(bytes: Uint8Array, partBytes: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, at) =>
    bytes.subarray(at * partBytes, (at + 1) * partBytes),
  );
}
