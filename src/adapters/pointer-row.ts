import type { Pointer } from '../audit/ports';
import type { AuditOrder } from '../audit/report';
import { pointerKey } from './history-keys';
import { corrupt, numberIn, textIn, timeIn } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

export function toPointerRow(pointer: Pointer): NewRow {
  const { order, state, attempt, sinceMs, hash, reportRow } = pointer;
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
  };
}

function stateIn(row: StoredRow): Pointer['state'] {
  const state = textIn(row, 'state');
  if (state === 'queued' || state === 'running' || state === 'done') return state;
  throw corrupt(row, `there is no state ${JSON.stringify(state)}`);
}
