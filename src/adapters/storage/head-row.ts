import type { ChainHead } from '../../audit/proof/hash-chain';
import { headKey } from './history-keys';
import { numberIn, textIn, timeIn } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

/** The chain's last link, and when it was committed: no later one may be older. */
export interface StoredHead extends ChainHead {
  readonly committedMs: number;
}

export function toHeadRow(customerId: string, { sequence, hash, committedMs }: StoredHead): NewRow {
  return { ...headKey(customerId), sequence, hash, committedAt: new Date(committedMs).toISOString() };
}

export function fromHeadRow(row: StoredRow): StoredHead {
  return {
    sequence: numberIn(row, 'sequence'),
    hash: textIn(row, 'hash'),
    committedMs: timeIn(row, 'committedAt'),
  };
}
