import type { DayRollUp } from '../../audit/history/day-roll-up';
import { dayKey } from './history-keys';
import { fromTextParts, parseJson, toTextParts } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

export function toDayRollUpRow(customerId: string, rollUp: DayRollUp): NewRow {
  return { ...dayKey(customerId, rollUp.day), ...toTextParts('rollUp', JSON.stringify(rollUp)) };
}

export function fromDayRollUpRow(row: StoredRow): DayRollUp {
  return parseJson<DayRollUp>(row, fromTextParts(row, 'rollUp'));
}
