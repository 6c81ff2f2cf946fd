import type { AuditKey, Pointer } from '../../audit/ports';
import { AuditorError } from '../../auditor-error';
import { changeRow } from './change-row';
import { pointerKey } from './history-keys';
import { fromPointerRow, toPointerRow } from './pointer-row';
import type { StorageTable } from './storage-table';

/** queued or running → running, attempt + 1; null where the audit is done. Throws `not-found` where it is unknown. */
export function beginAttempt(
  table: StorageTable,
  { customerId, auditId }: AuditKey,
  nowMs: number,
): Promise<Pointer | null> {
  return changeRow<Pointer | null>(table, pointerKey(customerId, auditId), (current) => {
    if (current === null) {
      throw new AuditorError('not-found', `Cannot begin audit ${auditId} of customer ${customerId}: it is unknown`);
    }
    const pointer = fromPointerRow(current);
    if (pointer.state === 'done') return { answer: null };
    const begun = { ...nextAttempt(pointer), state: 'running' as const, attempt: pointer.attempt + 1, sinceMs: nowMs };
    return { write: toPointerRow(begun), answer: begun };
  });
}

/** What waited goes on with its checkpoint; what was running has broken off, and its checkpoint belongs to that. */
function nextAttempt({ resumesAtMs, checkpoint, ...pointer }: Pointer): Pointer {
  if (resumesAtMs !== undefined) return { ...pointer, ...(checkpoint && { checkpoint }) };
  if (pointer.state !== 'running') return pointer;
  const { attempt, sinceMs, brokenAttempts = 0, broken = [] } = pointer;
  const added = { attempt, sinceMs, ...(checkpoint && { checkpoint }) };
  return { ...pointer, brokenAttempts: brokenAttempts + 1, broken: [...broken, added] };
}

/** Takes attempts out of the pointer that are recorded by now. */
export function forgetBroken(
  table: StorageTable,
  { customerId, auditId }: AuditKey,
  attempts: readonly number[],
): Promise<void> {
  return changeRow<void>(table, pointerKey(customerId, auditId), (current) => {
    const pointer = current === null ? null : fromPointerRow(current);
    if (pointer?.broken === undefined || pointer.state === 'done') return { answer: undefined };
    const broken = pointer.broken.filter(({ attempt }) => !attempts.includes(attempt));
    return { write: toPointerRow({ ...pointer, broken }), answer: undefined };
  });
}
