import { historyTable } from '../../../src/adapters/storage/history-table';
import { toReportRow } from '../../../src/adapters/storage/report-row';
import { accessTo } from '../../../src/adapters/storage/storage-connection';
import { openStorageTable, type StorageTable } from '../../../src/adapters/storage/storage-table';
import type { History, HistoryFilter } from '../../../src/audit/ports';
import { sealReport } from '../../../src/audit/proof/hash-chain';
import type { Report } from '../../../src/audit/report';
import { aReportDraft } from '../../audit/a-report-draft';
import { azuriteConnectionString, uniquePrefix } from '../../azurite';

/* How many requests to storage a page takes: a count, which says of a history of any length what a time would not. */
const firstMs = Date.UTC(2026, 0, 1);
let history: History;
let requests = 0;

beforeAll(async () => {
  const connectionString = await azuriteConnectionString();
  const access = accessTo({ kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString });
  const table = openStorageTable(access, `${uniquePrefix()}audits`);
  await table.prepare();
  let head: Report | null = null;
  for (let at = 0; at < 45; at++) {
    const auditId = `0192f0c1-0000-7000-8000-${String(at).padStart(12, '0')}`;
    head = sealReport(aReportDraft({ auditId, verdict: at % 15 === 0 ? 'fail' : 'pass' }), head);
    await table.insert(toReportRow(head, firstMs + at * 60_000));
  }
  history = historyTable(counting(table));
});
beforeEach(() => {
  requests = 0;
});

function counting(table: StorageTable): StorageTable {
  return {
    ...table,
    readPage(request) {
      requests += 1;
      return table.readPage(request);
    },
  };
}

async function allOf(filter: HistoryFilter): Promise<readonly number[]> {
  const sequences: number[] = [];
  let continuationToken: string | null = null;
  do {
    const next = continuationToken === null ? filter : { ...filter, continuationToken };
    const page: Awaited<ReturnType<History['list']>> = await history.list('contoso', next);
    sequences.push(...page.audits.map(({ sequence }) => sequence));
    ({ continuationToken } = page);
  } while (continuationToken !== null);
  return sequences;
}

test.each<[string, HistoryFilter, readonly number[]]>([
  ['the first page', { top: 5 }, [45, 44, 43, 42, 41]],
  ['a page deep down, by time', { top: 3, to: new Date(firstMs + 9 * 60_000).toISOString() }, [10, 9, 8]],
  ['a page with a filter', { top: 3, verdict: 'fail' }, [31, 16, 1]],
])('%s takes one request', async (_, filter, sequences) => {
  const { audits } = await history.list('contoso', filter);
  expect([audits.map(({ sequence }) => sequence), requests]).toEqual([sequences, 1]);
});

test('a whole export takes one request a page', async () => {
  const sequences = await allOf({ top: 10 });
  expect([sequences, requests]).toEqual([Array.from({ length: 45 }, (_, at) => 45 - at), 5]);
});
