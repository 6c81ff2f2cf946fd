import { historyTable } from '../src/adapters/storage/history-table';
import { toHistoryToken } from '../src/adapters/storage/history-token';
import { toReportRow } from '../src/adapters/storage/report-row';
import type { RowPageRequest, StorageTable, StoredRow } from '../src/adapters/storage/storage-table';
import { exportPage } from '../src/api/history-export';
import { sealReport } from '../src/audit/proof/hash-chain';
import { aReportDraft } from '../test/audit/a-report-draft';

/*
 * What the first page, a deep one and a whole export of one customer with many audits take of our memory, and how many
 * requests to storage. The table
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
  const newest = continuationToken === undefined ? count : placeIn(continuationToken);
  const rows = Array.from({ length: Math.min(maxRows, newest) }, (_, at) => rowOf(newest - at));
  const next = newest - rows.length;
  return { rows, continuationToken: next > 0 ? tokenFor(next) : null };
}

/** In the form of the SDK's own tokens, which the history insists on. */
function tokenFor(newest: number): string {
  return Buffer.from(JSON.stringify({ nextPartitionKey: 'contoso', nextRowKey: String(newest) })).toString('base64');
}

function placeIn(token: string): number {
  return Number(JSON.parse(Buffer.from(token, 'base64').toString()).nextRowKey);
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

/** One page of the history as the HTTP API asks for it, which begins with that audit. */
async function readOnePage(name: string, newest: number): Promise<void> {
  const history = historyTable(table);
  const continuationToken = toHistoryToken(tokenFor(newest), { customerId: 'contoso' });
  requests = 0;
  const before = heapNowMiB();
  const startedMs = performance.now();
  const { audits } = await history.list('contoso', { top: 50, ...(newest < count && { continuationToken }) });
  const ms = Math.round(performance.now() - startedMs);
  const first = audits[0]?.sequence;
  process.stdout.write(
    `${name}: ${audits.length} audits from ${first} on, ${requests} storage requests, ${ms} ms; heap ${before} MiB before, ${heapNowMiB()} MiB after\n`,
  );
}

/** What is in use after a collection (needs --expose-gc). */
function heapNowMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

async function main(): Promise<void> {
  await readOnePage('first page', count);
  await readOnePage('deep page', Math.ceil(count / 10));
  await exportAll('csv');
  await exportAll('ndjson');
  process.stdout.write(`most memory of the process: ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB\n`);
}

main();
