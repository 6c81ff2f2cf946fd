import { QueueClient } from '@azure/storage-queue';
import type { AuditJob } from '../../../src/audit/ports';
import { anOrder } from '../../audit/a-report-draft';
import { connectionStringAt } from '../../azurite';
import { type AzuriteStorage, azuriteStorage, storageAt } from './azurite-storage';
import { startStorageProxy } from './storage-proxy';

const job: AuditJob = {
  customerId: 'contoso',
  audits: [anOrder(), anOrder({ check: 'access', auditId: 'ü 東 🚀' })],
};
let own: AzuriteStorage;
let queue: QueueClient;

beforeAll(async () => {
  own = await azuriteStorage();
  queue = new QueueClient(own.connectionString, own.queueName);
});

beforeEach(() => queue.clearMessages());

test('a job arrives as the base64 JSON that queue triggers decode, and never expires', async () => {
  await own.storage.jobs.send(job);
  const [message] = (await queue.receiveMessages()).receivedMessageItems;
  expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString('utf8'))).toEqual(job);
  expect(message?.messageText).toMatch(/^[A-Za-z0-9+/]+=*$/);
  expect(message?.expiresOn.getUTCFullYear()).toBe(9999);
});

test.each([
  [0, '0'],
  [1, '1'],
  [30_000, '30'],
  [30_001, '31'],
  [-5, '0'],
  [30 * 24 * 3_600_000, '604800'],
])('a job that is to wait %i ms stays hidden for %s s', async (delayMs, hiddenSeconds) => {
  const straight = /QueueEndpoint=([^;]+)\/devstoreaccount1/.exec(own.connectionString)?.[1] ?? '';
  const proxy = await startStorageProxy(straight);
  const proxied = storageAt(connectionStringAt({ table: proxy.url, queue: proxy.url }), own);
  await proxied.jobs.send(job, delayMs);
  await proxy.close();
  const [sent] = proxy.seen.map(({ path }) => new URL(path, straight).searchParams);
  expect([sent?.get('visibilitytimeout'), sent?.get('messagettl')]).toEqual([hiddenSeconds, '-1']);
});
