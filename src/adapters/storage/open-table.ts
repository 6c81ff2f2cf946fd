import type { CheckName } from '../../audit/declaration';
import type { OpenAudit, OpenAudits } from '../../audit/ports';
import { changeNewRow, changeRow, maxTries, pauseAfter, tooBusy } from './change-row';
import { partitionOf } from './history-keys';
import { corrupt, readableOrNull, textIn, timeIn } from './row-values';
import type { NewRow, RowKey, StorageTable, StoredRow } from './storage-table';

const partitionKey = 'open';

/** The table `open`: a row a customer and check, all in one partition. */
export function openAuditsTable(table: StorageTable): OpenAudits {
  return {
    // A row of the same audit is an earlier claim of the caller's own, whose answer was lost or whose job came again.
    claim: (open) =>
      changeNewRow<Awaited<ReturnType<OpenAudits['claim']>>>(table, openKey(open.customerId, open.check), (current) => {
        const by = readableOrNull(current, fromOpenRow);
        if (by === null) return { write: toOpenRow(open), answer: { claimed: true } };
        return { answer: by.auditId === open.auditId ? { claimed: true } : { claimed: false, by } };
      }),

    setRunning: (customerId, check, auditId, nowMs) =>
      changeRow<void>(table, openKey(customerId, check), (current) => {
        const open = readableOrNull(current, fromOpenRow);
        if (open?.auditId !== auditId) return { answer: undefined };
        return { write: toOpenRow({ ...open, state: 'running', sinceMs: nowMs }), answer: undefined };
      }),

    setSentAgain: (open, nowMs) =>
      changeRow<boolean>(table, openKey(open.customerId, open.check), (current) => {
        const now = readableOrNull(current, fromOpenRow);
        if (now?.auditId !== open.auditId || now.sentAgainMs !== open.sentAgainMs) return { answer: false };
        return { write: toOpenRow({ ...now, sentAgainMs: nowMs }), answer: true };
      }),

    async release(customerId, check, auditId) {
      const key = openKey(customerId, check);
      for (let tries = 1; tries <= maxTries; tries++) {
        const row = await table.read(key);
        if (row === null || readableOrNull(row, fromOpenRow)?.auditId !== auditId) return;
        if (await table.remove(key, row.etag)) return;
        await pauseAfter(tries);
      }
      throw tooBusy(`release ${check} of customer ${customerId}`);
    },

    async readAll() {
      const rows = await table.readAll((odata) => odata`PartitionKey eq ${partitionKey}`);
      return rows.flatMap((row) => readableOrNull(row, fromOpenRow) ?? []);
    },
  };
}

function toOpenRow({ customerId, check, auditId, state, sinceMs, sentAgainMs }: OpenAudit): NewRow {
  const since = new Date(sinceMs).toISOString();
  const sentAgain = sentAgainMs === undefined ? '' : new Date(sentAgainMs).toISOString();
  return { ...openKey(customerId, check), customerId, check, auditId, state, since, sentAgain };
}

function fromOpenRow(row: StoredRow): OpenAudit {
  const state = textIn(row, 'state');
  if (state !== 'queued' && state !== 'running') throw corrupt(row, `there is no state ${JSON.stringify(state)}`);
  return {
    customerId: textIn(row, 'customerId'),
    // Only toOpenRow writes it, from the same type.
    check: textIn(row, 'check') as CheckName,
    auditId: textIn(row, 'auditId'),
    state,
    sinceMs: timeIn(row, 'since'),
    ...(row.sentAgain ? { sentAgainMs: timeIn(row, 'sentAgain') } : {}),
  };
}

/** A colon is in no customer's id and in no check's name. */
function openKey(customerId: string, check: CheckName): RowKey {
  return { partitionKey, rowKey: `${partitionOf(customerId)}:${check}` };
}
