import { AuditorError } from '../../auditor-error';
import type { StoredRow } from './storage-table';

/** Azure keeps 32 K UTF-16 characters in one property. */
const maxPartLength = 32_000;

export function textIn(row: StoredRow, name: string): string {
  const value = row[name];
  if (typeof value === 'string') return value;
  throw corrupt(row, `its property ${name} is no text`);
}

export function numberIn(row: StoredRow, name: string): number {
  const value = row[name];
  if (typeof value === 'number') return value;
  throw corrupt(row, `its property ${name} is no number`);
}

/** Epoch milliseconds of an ISO 8601 text. */
export function timeIn(row: StoredRow, name: string): number {
  const ms = Date.parse(textIn(row, name));
  if (Number.isFinite(ms)) return ms;
  throw corrupt(row, `its property ${name} is no time`);
}

/** Cuts a text into as many properties as it needs (`report00`, `report01` …), none of them within a character. */
export function toTextParts(name: string, text: string): Record<string, string> {
  const parts: Record<string, string> = {};
  let start = 0;
  for (let part = 0; start < text.length; part++) {
    const cut = start + maxPartLength;
    const end = isWithinCharacter(text, cut) ? cut - 1 : cut;
    parts[partName(name, part)] = text.slice(start, end);
    start = end;
  }
  return parts;
}

export function fromTextParts(row: StoredRow, name: string): string {
  const parts: string[] = [];
  while (row[partName(name, parts.length)] !== undefined) parts.push(textIn(row, partName(name, parts.length)));
  return parts.join('');
}

/** Reads JSON that this program wrote into the row, so that its type is known by the row's kind. */
export function parseJson<Value>(row: StoredRow, text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw corrupt(row, 'it holds no JSON', cause);
  }
}

/**
 * A row that only repeats what other rows hold, read; null where somebody else wrote it: then it counts as missing and is
 * written anew, rather than that everybody whose rows are read with it is kept waiting.
 */
export function readableOrNull<Value>(row: StoredRow | null, read: (row: StoredRow) => Value): Value | null {
  if (row === null) return null;
  try {
    return read(row);
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return null;
    throw error;
  }
}

export function corrupt(row: StoredRow, because: string, cause?: unknown): AuditorError {
  return new AuditorError(
    'storage-corrupt',
    `Cannot read the stored row ${row.partitionKey} / ${row.rowKey}: ${because}. Somebody else wrote it, or an incompatible version.`,
    { cause },
  );
}

export function partName(name: string, part: number): string {
  return `${name}${String(part).padStart(2, '0')}`;
}

function isWithinCharacter(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
