import { randomBytes, randomUUID } from 'node:crypto';
import { TableClient } from '@azure/data-tables';
import { packEvidence } from '../../../src/audit/evidence-size';
import type { Storage } from '../../../src/audit/ports';
import { evidenceHashOf } from '../../../src/audit/proof/evidence-hash';
import { genesisHash, hashOfReport } from '../../../src/audit/proof/hash-chain';
import type { Report, ReportDraft } from '../../../src/audit/report';
import { anOrder, aReportDraft, someEvidence } from '../../audit/a-report-draft';
import { azuriteConnectionString, connectionStringAt } from '../../azurite';
import { anExchange } from '../../probe/an-exchange';
import { azuriteStorage, storageAt } from './azurite-storage';
import { type StorageProxy, startStorageProxy } from './storage-proxy';

const nowMs = Date.parse('2026-11-22T10:00:05.000Z');
let storage: Storage;
let table: TableClient;
/** The same tables, reached through a proxy that can lose answers. */
let proxied: Storage;
let proxy: StorageProxy;

beforeAll(async () => {
  const own = await azuriteStorage();
  storage = own.storage;
  table = TableClient.fromConnectionString(own.connectionString, `${own.tablePrefix}audits`, {
    allowInsecureConnection: true,
  });
  const straight = await azuriteConnectionString();
  const tableUrl = /TableEndpoint=([^;]+)\/devstoreaccount1/.exec(straight)?.[1] ?? '';
  const queueUrl = /QueueEndpoint=([^;]+)\/devstoreaccount1/.exec(straight)?.[1] ?? '';
  proxy = await startStorageProxy(tableUrl);
  proxied = storageAt(connectionStringAt({ table: proxy.url, queue: queueUrl }), own);
});

beforeEach(() => {
  proxy.decide = () => 'pass';
  proxy.seen.length = 0;
});

afterAll(() => proxy.close());

test('the first audit of a customer is stored with its evidence, as the beginning of its chain', async () => {
  const draft = await begun(aReportDraft({ customerId: 'first' }));
  const report = await storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs });

  const { hash, ...rest } = report;
  expect(rest).toEqual({
    ...draft,
    evidenceHash: evidenceHashOf(someEvidence()),
    sequence: 1,
    previousHash: genesisHash,
  });
  expect(hash).toBe(hashOfReport(report));
  expect(await storage.history.readReport('first', draft.auditId)).toEqual({ report, evidence: someEvidence() });
  expect(await storage.history.readHead('first')).toEqual({ sequence: 1, hash });
  expect(await storage.history.readPointer('first', draft.auditId)).toEqual({
    order: anOrder({ customerId: 'first', auditId: draft.auditId }),
    state: 'done',
    attempt: 1,
    sinceMs: nowMs,
    hash,
    reportRow: `r-${9_999_999_999_999 - nowMs}-9999999998`,
  });
});

test('the rows have the keys that the contract names', async () => {
  const draft = await begun(aReportDraft({ customerId: 'keys' }));
  await storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs });
  expect(await rowKeysOf('keys')).toEqual([
    `a-${draft.auditId}`,
    `e-${draft.auditId}-00`,
    'head',
    `r-${9_999_999_999_999 - nowMs}-9999999998`,
    'u-2026-11-22',
  ]);
});

test('twenty audits of one customer that end at once make one unbroken chain', async () => {
  const drafts = await Promise.all(
    Array.from({ length: 20 }, (_, at) => begun(aReportDraft({ customerId: 'busy', stoppedBecause: `audit ${at}` }))),
  );
  await Promise.all(drafts.map((draft) => storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs })));

  const newestFirst = (await storage.history.list('busy', { top: 1000 })).audits;
  expectUnbroken(newestFirst.toReversed());
  expect(newestFirst).toHaveLength(20);
  expect(newestFirst.map(({ stoppedBecause }) => stoppedBecause).sort()).toEqual(
    drafts.map(({ stoppedBecause }) => stoppedBecause).sort(),
  );
  expect(JSON.parse(String((await table.getEntity('busy', 'u-2026-11-22')).rollUp00))).toMatchObject({
    audits: 20,
    probes: { sent: 20 },
    verdicts: { 'limit-status': { pass: 20, fail: 0, inconclusive: 0 } },
  });
});

test('a clock that runs behind does not bring the chain out of order', async () => {
  const reports: Report[] = [];
  for (const atMs of [nowMs, nowMs - 60_000, nowMs - 60_000]) {
    const draft = await begun(aReportDraft({ customerId: 'behind' }));
    reports.push(await storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs: atMs }));
  }
  expect((await storage.history.list('behind', { top: 10 })).audits).toEqual(reports.toReversed());
  const times = (await rowKeysOf('behind')).filter((key) => key.startsWith('r-')).map((key) => key.slice(2, 15));
  expect(times.map((inverted) => 9_999_999_999_999 - Number(inverted) - nowMs)).toEqual([2, 1, 0]);
});

test.each([
  ['the SDK asks again by itself', 'lose-answer' as const],
  ['the SDK gives up', 501],
])('a commit whose answer was lost is found again and not made twice where %s', async (_, fate) => {
  const customerId = `lost-${fate}`;
  const draft = await begun(aReportDraft({ customerId }));
  let lost = 0;
  proxy.decide = ({ path }) => (path.includes('$batch') && lost++ === 0 ? fate : 'pass');

  const report = await proxied.history.commit(draft, someEvidence(), { attempt: 1, nowMs });
  expect(lost).toBeGreaterThanOrEqual(1);
  expect((await storage.history.list(customerId, { top: 10 })).audits).toEqual([report]);
  expect(await storage.history.readHead(customerId)).toEqual({ sequence: 1, hash: report.hash });
});

test('a commit that is made again answers the report that is stored', async () => {
  const draft = await begun(aReportDraft({ customerId: 'again' }));
  const report = await storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs });
  expect(await storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs: nowMs + 1 })).toEqual(report);
  expect((await storage.history.list('again', { top: 10 })).audits).toEqual([report]);
});

test.each<[string, Partial<ReportDraft>, number]>([
  ['another attempt has begun', {}, 2],
  ['another attempt has ended it', { stoppedBecause: 'the other one did' }, 1],
])('an attempt may not end an audit where %s', async (_, difference, attempts) => {
  const draft = await begun(aReportDraft({ customerId: 'fenced' }), attempts);
  if (attempts === 1) await storage.history.commit({ ...draft, ...difference }, someEvidence(), { attempt: 1, nowMs });
  const before = await rowKeysOf('fenced');
  await expect(storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`audit ${draft.auditId} of customer fenced`),
  });
  expect(await rowKeysOf('fenced')).toEqual(before);
});

test('an audit that was never queued cannot be ended', async () => {
  const draft = aReportDraft({ customerId: 'unqueued' });
  await expect(storage.history.commit(draft, someEvidence(), { attempt: 1, nowMs })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('2,000 exchanges are kept, and the transaction is far from its limit', async () => {
  const exchanges = Array.from({ length: 2000 }, (_, at) =>
    anExchange({ probe: at + 1, headers: { 'x-request-id': randomUUID() } }),
  );
  const draft = await begun(aReportDraft({ customerId: 'many' }));
  const report = await proxied.history.commit(draft, someEvidence({ exchanges }), { attempt: 1, nowMs });
  const stored = await storage.history.readReport('many', draft.auditId);
  expect(stored).toEqual({ report, evidence: someEvidence({ exchanges }) });
  expect(report).not.toHaveProperty('evidenceTruncated');
  expect(Math.max(...proxy.seen.map(({ bytes }) => bytes))).toBeLessThan(1024 * 1024);
});

test('too much evidence for a very large report is cut to what one transaction takes, and the report says so', async () => {
  const text = '東"🚀'.repeat(100_000);
  const evidence = someEvidence({
    exchanges: Array.from({ length: 9000 }, (_, at) =>
      anExchange({ probe: at + 1, asked: { ...anExchange().asked, step: randomBytes(500).toString('base64') } }),
    ),
  });
  const draft = await begun(aReportDraft({ customerId: 'large', stoppedBecause: text.slice(0, 300_000) }));
  const report = await proxied.history.commit(draft, evidence, { attempt: 1, nowMs });

  const stored = await storage.history.readReport('large', draft.auditId);
  expect(stored?.report).toEqual(report);
  expect(report.evidenceTruncated).toBe(true);
  expect(report.evidenceHash).toBe(evidenceHashOf(stored?.evidence ?? someEvidence()));
  expect(stored?.evidence.exchanges.length).toBeGreaterThan(2000);
  const bytes = Math.max(...proxy.seen.map((seen) => seen.bytes));
  expect(bytes).toBeLessThan(4 * 1024 * 1024);
  expect(bytes).toBeGreaterThan(3 * 1024 * 1024);
  expect(packEvidence(evidence).truncated).toBe(true);
});

/** Queues and begins the draft's audit under an id of its own. */
async function begun(draft: ReportDraft, attempts = 1): Promise<ReportDraft> {
  const own = { ...draft, auditId: randomUUID() };
  const { customerId, auditId } = own;
  await storage.history.insertPointer(anOrder({ customerId, auditId, check: own.check }), nowMs);
  for (let attempt = 1; attempt <= attempts; attempt++) await storage.history.beginAttempt(customerId, auditId, nowMs);
  return own;
}

async function rowKeysOf(customerId: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const row of table.listEntities()) {
    if (row.partitionKey === customerId) keys.push(row.rowKey ?? '');
  }
  return keys;
}

function expectUnbroken(oldestFirst: readonly Report[]): void {
  let previousHash = genesisHash;
  for (const [at, report] of oldestFirst.entries()) {
    expect([report.sequence, report.previousHash, report.hash]).toEqual([at + 1, previousHash, hashOfReport(report)]);
    previousHash = report.hash;
  }
}
