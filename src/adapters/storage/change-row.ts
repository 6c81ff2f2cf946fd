import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuditorError } from '../../auditor-error';
import type { NewRow, RowKey, StorageTable, StoredRow } from './storage-table';

/** What to do with a row as it is now: write these properties over it and answer, or just answer. */
export type RowChange<Answer> = { readonly write?: Omit<NewRow, keyof RowKey>; readonly answer: Answer };

/** How often a row is read again that others keep changing: more than audits of one customer ever end at once. */
export const maxTries = 40;

/**
 * Reads a row, decides, and writes (If-Match, or as a new row) what was decided; begins again when another writer was
 * quicker. Properties that `decide` does not name stay.
 *
 * The SDK sends a request again whose answer was lost, and then finds its own write in the way. Each change signs the
 * row, so that such a write is recognised and not made twice.
 */
export function changeRow<Answer>(table: StorageTable, key: RowKey, decide: Decide<Answer>): Promise<Answer> {
  return change(table, key, { decide, firstGuess: 'unknown' });
}

/** The same for a row that hardly ever is there yet: it is not looked for first, which saves a request. */
export function changeNewRow<Answer>(table: StorageTable, key: RowKey, decide: Decide<Answer>): Promise<Answer> {
  return change(table, key, { decide, firstGuess: 'new' });
}

type Decide<Answer> = (current: StoredRow | null) => RowChange<Answer>;

async function change<Answer>(
  table: StorageTable,
  key: RowKey,
  { decide, firstGuess }: { readonly decide: Decide<Answer>; readonly firstGuess: 'new' | 'unknown' },
): Promise<Answer> {
  const writer = randomUUID();
  let refused: RowChange<Answer> | undefined;
  for (let tries = 1; tries <= maxTries; tries++) {
    const isGuessed = tries === 1 && firstGuess === 'new';
    const current = isGuessed ? null : await table.read(key);
    if (refused !== undefined && current?.writer === writer) return refused.answer;
    const decided = decide(current);
    if (decided.write === undefined) return decided.answer;
    const row = { ...decided.write, ...key, writer };
    const isWritten = current === null ? await table.insert(row) : await table.merge(row, current.etag);
    if (isWritten) return decided.answer;
    refused = decided;
    // Where only the guess was wrong nobody stands in the way.
    if (!isGuessed) await pauseAfter(tries);
  }
  throw tooBusy(`change the row ${key.partitionKey} / ${key.rowKey}`);
}

/** Lets quicker writers go ahead: up to 10 ms a try, at most 250 ms, drawn so that two that met do not meet again. */
export function pauseAfter(tries: number): Promise<void> {
  return sleep(Math.random() * Math.min(250, 10 * tries));
}

/**
 * The same where every instance of the service writes to one row: up to 20 ms, twice that after each try, at most 2 s.
 * Whoever waits loses nothing: what is wanted meanwhile goes into one write.
 */
export function pauseInCrowd(tries: number): Promise<void> {
  return sleep(Math.random() * Math.min(2000, 20 * 2 ** Math.min(10, tries - 1)));
}

export function tooBusy(doing: string): AuditorError {
  return new AuditorError(
    'storage-unavailable',
    `Cannot ${doing}: it was changed by others ${maxTries} times running. Try again later.`,
  );
}
