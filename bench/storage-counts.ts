import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAzurite } from '../local/azurite';
import { listHistory } from '../src/adapters/storage/list-history';
import { openStorage } from '../src/adapters/storage/open-storage';
import { toReportRow } from '../src/adapters/storage/report-row';
import type { StorageTable, StoredRow } from '../src/adapters/storage/storage-table';
import type { Storage } from '../src/audit/ports';
import { sealReport } from '../src/audit/proof/hash-chain';
import { startStorageProxy } from '../test/adapters/storage/storage-proxy';
import { aReportDraft } from '../test/audit/a-report-draft';
import { connectionStringAt } from '../test/azurite';
import { type Bench, type Measure, measured, raced } from './bench';
import { pagedTable } from './paged-table';

const jobsAtOnce = 32;
const jobsOfAnInstance = 8;
const reservations = 320;
const contentionRounds = 3;

/**
 * Flat cost, as counts: what a page asks of storage with a hundred audits and a hundred thousand, and what reserving and
 * settling costs where many do so at once. The counts of every other operation are asserted by tests.
 */
export const storageCounts: Bench = {
  about: 'requests to storage of a history page at any length, and of budgets that many reserve from at once',
  run: async (tell) => [...(await historyPages()), await budgets(tell)],
};

async function historyPages(): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const audits of [100, 100_000]) {
    let requests = 0;
    const table = pagedTable(lazyRows(audits));
    const counting: StorageTable = {
      ...table,
      readPage(request) {
        requests += 1;
        return table.readPage(request);
      },
    };
    const cpuBefore = process.cpuUsage();
    await listHistory(counting, 'contoso', { top: 50 });
    const { user, system } = process.cpuUsage(cpuBefore);
    const of = `of ${audits.toLocaleString('en')} audits`;
    measures.push(
      measured(`a page of 50 ${of}`, 'requests', { samples: [requests], goal: { atMost: 1 } }),
      measured(`a page of 50 ${of}, our CPU`, 'ms', { samples: [(user + system) / 1000] }),
    );
  }
  return measures;
}

/** Rows that are made when they are asked for: an emulator takes a quarter of an hour to fill. */
function lazyRows(count: number): readonly StoredRow[] {
  const rowAt = (at: number): StoredRow => {
    const sequence = count - at;
    const auditId = `0192f0c1-0000-7000-8000-${String(sequence).padStart(12, '0')}`;
    const report = sealReport(aReportDraft({ auditId }), { sequence: sequence - 1, hash: 'f'.repeat(64) });
    return { ...toReportRow(report, sequence * 60_000), etag: '' };
  };
  const rows: StoredRow[] = [];
  rows.length = count;
  rows.slice = (from = 0, end = count) =>
    Array.from({ length: Math.min(end, count) - from }, (_, offset) => rowAt(from + offset));
  return rows;
}

/** So many jobs at once, in instances of eight as host.json allows, against as many that each write for themselves. */
async function budgets(tell: (line: string) => void): Promise<Measure> {
  const azurite = await startAzurite(mkdtempSync(join(tmpdir(), 'bench-storage-')), { blob: 0, queue: 0, table: 0 });
  const endpointOf = (service: string) =>
    new RegExp(`${service}Endpoint=([^;]+)/devstoreaccount1`).exec(azurite.connectionString)?.[1] ?? '';
  const proxy = await startStorageProxy(endpointOf('Table'));
  const connectionString = connectionStringAt({ table: proxy.url, queue: endpointOf('Queue') });
  try {
    let run = 0;
    const requestsAnAudit = async (instances: number): Promise<number> => {
      run += 1;
      const opened = Array.from({ length: instances }, () =>
        openStorage({ kind: 'connection-string', settingName: 'bench', connectionString }, { tablePrefix: `r${run}` }),
      );
      await opened[0]?.prepare();
      proxy.seen.length = 0;
      await Promise.all(Array.from({ length: jobsAtOnce }, (_, job) => reserveAndSettle(opened, job)));
      const spent = await opened[0]?.budgets.read({ day, customerId: 'customer-0' });
      if (spent?.service.settledTokens !== reservations * 20) throw new Error('The budget of the bench is not exact.');
      return proxy.seen.length / reservations;
    };
    const pairs: { own: number; peer: number }[] = [];
    for (let round = 0; round < contentionRounds; round++) {
      pairs.push({
        own: await requestsAnAudit(jobsAtOnce / jobsOfAnInstance),
        peer: await requestsAnAudit(jobsAtOnce),
      });
      tell(`${pairs.at(-1)?.own} requests an audit in instances of ${jobsOfAnInstance}, ${pairs.at(-1)?.peer} alone`);
    }
    return raced(
      `reserving and settling, ${jobsAtOnce} jobs at once in ${jobsAtOnce / jobsOfAnInstance} instances`,
      'requests/audit',
      {
        peer: 'each job for itself',
        pairs,
      },
    );
  } finally {
    await proxy.close();
    await azurite.stop();
  }
}

const day = '2026-01-05';

async function reserveAndSettle(opened: readonly Storage[], job: number): Promise<void> {
  const { budgets: own } = opened[job % opened.length] as Storage;
  for (let at = job; at < reservations; at += jobsAtOnce) {
    const key = { day, customerId: `customer-${at}` };
    await own.reserve(key, { reservationId: `audit-${at}:1`, tokens: 150 }, { customer: 2000, service: 1_000_000 });
    await own.settle(key, `audit-${at}:1`, 20);
  }
}
