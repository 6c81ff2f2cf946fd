import { historyTable } from '../src/adapters/history-table';
import { toReportRow } from '../src/adapters/report-row';
import type { RowPageRequest, StorageTable, StoredRow } from '../src/adapters/storage-table';
import { exportPage } from '../src/api/history-export';
import { sealReport } from '../src/audit/hash-chain';
import { aReportDraft } from '../test/audit/a-report-draft';

/*
 * What a whole export of one customer with many audits takes of our memory, and how many requests to storage. The table
 * makes its rows when a page is asked for, as Azure would send them: an emulator with 100,000 rows takes a quarter of an
 * hour to fill, and its memory is not ours. That a page is one request of Azurite's too is asserted by a test.
 */
const count = Number(process.argv[2] ?? 100_000);
const firstMs = Date.UTC(2024, 0, 1);
let requests = 0;

function rowOf(sequence: number): StoredRow {
  const auditId = `0192f0c1-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
  const head = { sequence: sequence - 1, hash: 'f'.repeat(64) };
  const row = toReportRow(sealReport(aReportDraft({ auditId }), head), firstMs + sequence * 60_000);
  return { ...row, etag: '' };
}

async function readPage({ maxRows, continuationToken }: RowPageRequest) {
  requests += 1;
  const newest = continuationToken === undefined ? count : Number(continuationToken);
  const rows = Array.from({ length: Math.min(maxRows, newest) }, (_, at) => rowOf(newest - at));
  const next = newest - rows.length;
  return { rows, continuationToken: next > 0 ? String(next) : null };
}

const notAsked = () => Promise.reject(new Error('An export asks for pages only.'));
const table: StorageTable = {
  prepare: notAsked,
  read: notAsked,
  insert: notAsked,
  replace: notAsked,
  merge: notAsked,
  remove: notAsked,
  readPage,
  readAll: notAsked,
  readKeys: notAsked,
  transact: notAsked,
};

async function exportAll(format: 'csv' | 'ndjson'): Promise<void> {
  const history = historyTable(table);
  requests = 0;
  let [audits, bytes, pages] = [0, 0, 0];
  let continuationToken: string | null = null;
  const heapMiB: number[] = [heapNowMiB()];
  const startedMs = performance.now();
  do {
    const filter = { top: 500, ...(continuationToken !== null && { continuationToken }) };
    const page: Awaited<ReturnType<typeof history.list>> = await history.list('contoso', filter);
    bytes += Buffer.byteLength(exportPage(format, { audits: page.audits, isFirst: pages === 0 }));
    audits += page.audits.length;
    pages += 1;
    ({ continuationToken } = page);
    if (pages % Math.ceil(count / 500 / 5) === 0) heapMiB.push(heapNowMiB());
  } while (continuationToken !== null);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  process.stdout.write(
    `${format}: ${audits} audits, ${Math.round(bytes / 2 ** 20)} MiB, ${requests} storage requests, ${seconds} s; heap at the start and after each fifth: ${heapMiB.join(', ')} MiB\n`,
  );
}

/** What is in use after a collection (needs --expose-gc). */
function heapNowMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

async function main(): Promise<void> {
  await exportAll('csv');
  await exportAll('ndjson');
  process.stdout.write(`most memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`);
}

main();
