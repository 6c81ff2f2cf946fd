import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { historyTable } from '../src/adapters/history-table';
import { toReportRow } from '../src/adapters/report-row';
import { openStorageTable, type StorageTable } from '../src/adapters/storage-table';
import { exportPage } from '../src/api/history-export';
import { type ChainHead, sealReport } from '../src/audit/hash-chain';
import { aReportDraft } from '../test/audit/a-report-draft';

/*
 * What one customer with many audits costs: storage requests and memory for a first page, a deep page and a whole
 * export. Against an Azurite of its own; its times say nothing about Azure, the requests and our memory do.
 */
const count = Number(process.argv[2] ?? 100_000);
const account = 'devstoreaccount1';
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const tableName = 'audits';
const firstMs = Date.UTC(2024, 0, 1);

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-bench-'));
  const port = 20_000 + (process.pid % 20_000);
  const azurite = spawn(
    process.execPath,
    [
      require.resolve('azurite/dist/src/table/main.js'),
      ...['--tablePort', String(port), '--inMemoryPersistence', '--silent', '--skipApiVersionCheck'],
      '--disableTelemetry',
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  try {
    const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};TableEndpoint=http://127.0.0.1:${port}/${account}`;
    const client = TableClient.fromConnectionString(connectionString, tableName, { allowInsecureConnection: true });
    await createTable(client);
    await fill(client);
    await measure(connectionString);
  } finally {
    azurite.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function createTable(client: TableClient): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await client.createTable();
    } catch (error) {
      if (tries > 60) throw error;
      await sleep(500);
    }
  }
}

async function fill(client: TableClient): Promise<void> {
  let head: ChainHead | null = null;
  for (let start = 0; start < count; start += 100) {
    const rows = Array.from({ length: Math.min(100, count - start) }, (_, at) => {
      const auditId = `0192f0c1-0000-7000-8000-${String(start + at).padStart(12, '0')}`;
      const verdict = (start + at) % 1000 === 0 ? 'fail' : 'pass';
      const report = sealReport(aReportDraft({ auditId, verdict }), head);
      head = report;
      return toReportRow(report, firstMs + (start + at) * 60_000);
    });
    await client.submitTransaction(rows.map((row) => ['create', row]));
  }
}

async function measure(connectionString: string): Promise<void> {
  const table = counted(
    openStorageTable(
      {
        connection: { kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString },
        credential: () => Promise.reject(new Error('none is needed')),
      },
      tableName,
    ),
  );
  const history = historyTable(table.rows);
  await print('first page of 50', table, async () => {
    const { audits } = await history.list('contoso', { top: 50 });
    return `${audits.length} audits`;
  });
  const deepMs = firstMs + Math.floor(count / 10) * 60_000;
  await print('page of 50 by time, nine tenths down', table, async () => {
    const { audits } = await history.list('contoso', { top: 50, to: new Date(deepMs).toISOString() });
    return `${audits.length} audits, the first of them number ${audits[0]?.sequence}`;
  });
  await print('page of 50 failed ones (one in 1,000)', table, async () => {
    const { audits } = await history.list('contoso', { top: 50, verdict: 'fail' });
    return `${audits.length} audits`;
  });
  for (const format of ['csv', 'ndjson'] as const) {
    await print(`export, ${format}, pages of 500`, table, () => exportAll(history, format));
  }
}

async function exportAll(history: ReturnType<typeof historyTable>, format: 'csv' | 'ndjson'): Promise<string> {
  let [audits, bytes, pages] = [0, 0, 0];
  let continuationToken: string | null = null;
  const heapMiB: number[] = [];
  do {
    const filter = { top: 500, ...(continuationToken !== null && { continuationToken }) };
    const page: Awaited<ReturnType<typeof history.list>> = await history.list('contoso', filter);
    bytes += Buffer.byteLength(exportPage(format, { audits: page.audits, isFirst: pages === 0 }));
    audits += page.audits.length;
    pages += 1;
    ({ continuationToken } = page);
    if (pages % Math.ceil(count / 500 / 5) === 0) heapMiB.push(heapNowMiB());
  } while (continuationToken !== null);
  return `${audits} audits, ${pages} pages, ${Math.round(bytes / 2 ** 20)} MiB; heap after each fifth: ${heapMiB.join(', ')} MiB`;
}

interface CountedTable {
  readonly rows: StorageTable;
  readonly requests: () => number;
}

function counted(table: StorageTable): CountedTable {
  let requests = 0;
  return {
    rows: {
      ...table,
      readPage: (request) => {
        requests += 1;
        return table.readPage(request);
      },
    },
    requests: () => requests,
  };
}

async function print(what: string, table: CountedTable, run: () => Promise<string>): Promise<void> {
  const before = table.requests();
  const heapMiB = heapNowMiB();
  const startedMs = performance.now();
  const seen = await run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const requests = table.requests() - before;
  process.stdout.write(`${what}: ${requests} storage requests, ${seconds} s, heap before ${heapMiB} MiB; ${seen}\n`);
}

/** What is in use after a collection. */
function heapNowMiB(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

main();
