import { createHash } from 'node:crypto';
import type { TransactionAction } from '@azure/data-tables';
import { packEvidence, unpackEvidence } from '../../audit/evidence-size';
import type { AuditKey, Pointer } from '../../audit/ports';
import type { Checkpoint, CheckpointPlace } from '../../audit/running/checkpoint';
import { AuditorError } from '../../auditor-error';
import { maxTries, pauseAfter, tooBusy } from './change-row';
import { packedIn, toPackedRows } from './evidence-rows';
import { checkpointKey, checkpointPrefix, endOfPrefix, partitionOf, pointerKey } from './history-keys';
import { fromPointerRow, toPointerRow } from './pointer-row';
import type { StorageTable } from './storage-table';

/**
 * Keeps what an attempt has seen so far: rows and pointer in one transaction, so that the pointer never names what is
 * not there. Evidence only grows, so new rows cover the old ones. Throws `conflict` where the attempt was overtaken.
 */
export async function saveCheckpoint(
  table: StorageTable,
  { customerId, auditId }: AuditKey,
  { checkpoint, fence }: { checkpoint: Checkpoint; fence: { readonly attempt: number; readonly resumesAtMs?: number } },
): Promise<void> {
  const { packed } = packEvidence(checkpoint.evidence);
  const rows = toPackedRows(packed, (row) => checkpointKey(customerId, auditId, row));
  const place: CheckpointPlace = { rows: rows.length, hash: hashOf(packed), startedMs: checkpoint.startedMs };
  for (let tries = 1; tries <= maxTries; tries++) {
    const row = await table.read(pointerKey(customerId, auditId));
    const pointer = row === null ? null : fromPointerRow(row);
    if (row === null || pointer?.state !== 'running' || pointer.attempt !== fence.attempt) {
      throw overtaken({ customerId, auditId });
    }
    if (isKept(pointer, place, fence.resumesAtMs)) return;
    const { resumesAtMs: _, ...running } = pointer;
    const { resumesAtMs } = fence;
    const kept = { ...running, checkpoint: place, ...(resumesAtMs !== undefined && { resumesAtMs }) };
    const isWritten = await table.transact([
      ['update', toPointerRow(kept), 'Merge', { etag: row.etag }],
      ...rows.map((part): TransactionAction => ['upsert', part, 'Replace']),
    ]);
    if (isWritten) return;
    await pauseAfter(tries);
  }
  throw tooBusy(`keep what audit ${auditId} of customer ${customerId} saw`);
}

/** Null where the rows are gone or are not those that the pointer names. */
export async function readCheckpoint(
  table: StorageTable,
  { customerId, auditId }: AuditKey,
  place: CheckpointPlace,
): Promise<Checkpoint | null> {
  const rows = await Promise.all(
    Array.from({ length: place.rows }, (_, at) => table.read(checkpointKey(customerId, auditId, at))),
  );
  const packed = packedIn(rows.filter((row) => row !== null));
  if (hashOf(packed) !== place.hash) return null;
  return { startedMs: place.startedMs, evidence: unpackEvidence(packed) };
}

export async function dropCheckpoint(table: StorageTable, { customerId, auditId }: AuditKey): Promise<void> {
  const partitionKey = partitionOf(customerId);
  const prefix = checkpointPrefix(auditId);
  const rows = await table.readAll(
    (odata) => odata`PartitionKey eq ${partitionKey} and RowKey ge ${prefix} and RowKey lt ${endOfPrefix(prefix)}`,
  );
  for (const { rowKey, etag } of rows) await table.remove({ partitionKey, rowKey }, etag);
}

/** An earlier try whose answer was lost has done it. */
function isKept({ checkpoint, resumesAtMs }: Pointer, place: CheckpointPlace, wanted: number | undefined): boolean {
  return checkpoint?.hash === place.hash && checkpoint.rows === place.rows && resumesAtMs === wanted;
}

function hashOf(packed: Uint8Array): string {
  return createHash('sha256').update(packed).digest('hex');
}

function overtaken({ customerId, auditId }: AuditKey): AuditorError {
  return new AuditorError(
    'conflict',
    `Cannot keep what audit ${auditId} of customer ${customerId} saw: another attempt at it has overtaken this one, which is to be given up`,
  );
}
