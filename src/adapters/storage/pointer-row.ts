import type { Pointer } from '../../audit/ports';
import type { AuditOrder } from '../../audit/report';
import type { BrokenAttempt, CheckpointPlace } from '../../audit/running/checkpoint';
import { pointerKey } from './history-keys';
import { corrupt, numberIn, parseJson, textIn, timeIn } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

export function toPointerRow(pointer: Pointer): NewRow {
  const { order, state, attempt, sinceMs, hash, reportRow, checkpoint, resumesAtMs, brokenAttempts, broken } = pointer;
  return {
    ...pointerKey(order.customerId, order.auditId),
    auditId: order.auditId,
    gatewayId: order.gatewayId,
    check: order.check,
    trigger: order.trigger,
    scheduledAt: order.scheduledAt,
    state,
    attempt,
    since: new Date(sinceMs).toISOString(),
    ...(hash !== undefined && { hash }),
    ...(reportRow !== undefined && { reportRow }),
    // Empty rather than left out: rows are merged, and what is left out would stay.
    checkpoint: checkpoint === undefined ? '' : JSON.stringify(checkpoint),
    resumesAt: resumesAtMs === undefined ? '' : new Date(resumesAtMs).toISOString(),
    ...(brokenAttempts !== undefined && { brokenAttempts }),
    broken: broken === undefined || broken.length === 0 ? '' : JSON.stringify(broken),
  };
}

export function fromPointerRow(row: StoredRow): Pointer {
  const { hash, reportRow } = row;
  return {
    order: {
      auditId: textIn(row, 'auditId'),
      customerId: row.partitionKey,
      gatewayId: textIn(row, 'gatewayId'),
      // Only toPointerRow writes these two, from the same types.
      check: textIn(row, 'check') as AuditOrder['check'],
      trigger: textIn(row, 'trigger') as AuditOrder['trigger'],
      scheduledAt: textIn(row, 'scheduledAt'),
    },
    state: stateIn(row),
    attempt: numberIn(row, 'attempt'),
    sinceMs: timeIn(row, 'since'),
    ...(typeof hash === 'string' && { hash }),
    ...(typeof reportRow === 'string' && { reportRow }),
    ...(isSet(row.checkpoint) && { checkpoint: parseJson<CheckpointPlace>(row, row.checkpoint) }),
    ...(isSet(row.resumesAt) && { resumesAtMs: timeIn(row, 'resumesAt') }),
    ...(row.brokenAttempts !== undefined && { brokenAttempts: numberIn(row, 'brokenAttempts') }),
    ...(isSet(row.broken) && { broken: parseJson<readonly BrokenAttempt[]>(row, row.broken) }),
  };
}

function isSet(property: unknown): property is string {
  return typeof property === 'string' && property !== '';
}

function stateIn(row: StoredRow): Pointer['state'] {
  const state = textIn(row, 'state');
  if (state === 'queued' || state === 'running' || state === 'done') return state;
  throw corrupt(row, `there is no state ${JSON.stringify(state)}`);
}
