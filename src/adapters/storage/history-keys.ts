import { AuditorError } from '../../auditor-error';
import type { RowKey } from './storage-table';

/**
 * The rows of the table `audits`: one partition a customer. Reports sort newest first, since tables only sort upwards:
 * their keys hold the commit time and the sequence taken from the largest number of as many digits.
 */
const largestTime = 9_999_999_999_999;
const largestSequence = 9_999_999_999;

export function headKey(customerId: string): RowKey {
  return { partitionKey: partitionOf(customerId), rowKey: 'head' };
}

/** What a purge left. */
export function anchorKey(customerId: string): RowKey {
  return { partitionKey: partitionOf(customerId), rowKey: 'anchor' };
}

export function pointerKey(customerId: string, auditId: string): RowKey {
  return { partitionKey: partitionOf(customerId), rowKey: `a-${checkedAuditId(auditId)}` };
}

export function reportKey(
  customerId: string,
  place: { readonly committedMs: number; readonly sequence: number },
): RowKey {
  const sequence = String(largestSequence - place.sequence).padStart(10, '0');
  return { partitionKey: partitionOf(customerId), rowKey: `r-${invertedTime(place.committedMs)}-${sequence}` };
}

export function evidenceKey(customerId: string, auditId: string, part: number): RowKey {
  return {
    partitionKey: partitionOf(customerId),
    rowKey: `${evidencePrefix(auditId)}${String(part).padStart(2, '0')}`,
  };
}

export function evidencePrefix(auditId: string): string {
  return `e-${checkedAuditId(auditId)}-`;
}

/** A row of what an audit that has not ended keeps of itself. */
export function checkpointKey(customerId: string, auditId: string, part: number): RowKey {
  return {
    partitionKey: partitionOf(customerId),
    rowKey: `${checkpointPrefix(auditId)}${String(part).padStart(2, '0')}`,
  };
}

export function checkpointPrefix(auditId: string): string {
  return `c-${checkedAuditId(auditId)}-`;
}

/** `day` as in `2026-11-22`. */
export function dayKey(customerId: string, day: string): RowKey {
  return { partitionKey: partitionOf(customerId), rowKey: `u-${day}` };
}

/** The row keys of all reports committed from `fromMs` to `toMs`, both inclusive: `first` ≤ key < `end`. */
export function reportRange(
  fromMs: number | null,
  toMs: number | null,
): { readonly first: string; readonly end: string } {
  return {
    first: toMs === null ? 'r-' : `r-${invertedTime(toMs)}`,
    // A full stop is the character after the hyphen, so that it ends all that begins with the time before it.
    end: fromMs === null ? 'r.' : `r-${invertedTime(fromMs)}.`,
  };
}

/** The key after all keys that begin with `prefix`, which ends in a hyphen. */
export function endOfPrefix(prefix: string): string {
  return `${prefix.slice(0, -1)}.`;
}

/** Throws `bad-request` for what no configuration accepts as an id; a key with / \ # or ? would be refused unread. */
export function partitionOf(customerId: string): string {
  if (/^[A-Za-z0-9._-]{1,63}$/.test(customerId)) return customerId;
  throw new AuditorError(
    'bad-request',
    `Cannot name a customer ${JSON.stringify(customerId.slice(0, 80))}: ids are 1 to 63 letters, digits, dots, underscores and hyphens`,
  );
}

function checkedAuditId(auditId: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(auditId)) return auditId;
  throw new AuditorError(
    'bad-request',
    `Cannot name an audit ${JSON.stringify(auditId.slice(0, 80))}: its id is no UUID`,
  );
}

function invertedTime(ms: number): string {
  const clamped = Math.min(largestTime, Math.max(0, Math.floor(ms)));
  return String(largestTime - clamped).padStart(13, '0');
}
