import type { App } from '../../src/app';
import { storageAt } from '../adapters/storage/azurite-storage';
import { type StorageProxy, startStorageProxy } from '../adapters/storage/storage-proxy';
import { azuriteConnectionString, connectionStringAt } from '../azurite';
import { anApp, type TestApp } from './an-app';

jest.setTimeout(60_000);

/*
 * What an operation costs is counted in requests to storage, each seen by a proxy: a count is no time, and holds on
 * Azure as it does here. `npm run bench -- storage` counts the same with many more customers and audits.
 */
let tables: StorageProxy;
let queues: StorageProxy;
let straight: string;

beforeAll(async () => {
  straight = await azuriteConnectionString();
  const endpointOf = (service: string) =>
    new RegExp(`${service}Endpoint=([^;]+)/devstoreaccount1`).exec(straight)?.[1] ?? '';
  tables = await startStorageProxy(endpointOf('Table'));
  queues = await startStorageProxy(endpointOf('Queue'));
});
afterAll(() => Promise.all([tables.close(), queues.close()]));

const tested: TestApp[] = [];
afterAll(() => {
  for (const { close } of tested) close();
});

/** An app whose every request to storage is seen; its tables are made already. */
async function aCountedApp(customers: readonly object[]): Promise<TestApp> {
  const plain = await anApp({ customers });
  const proxied = storageAt(connectionStringAt({ table: tables.url, queue: queues.url }), plain.names);
  const counted = await anApp({ customers, worksBeside: plain, disturb: () => proxied });
  await counted.app.health();
  tested.push(plain, counted);
  return counted;
}

/** The requests of one operation, as `GET limits`; the names of tables without the test's prefix. */
async function requestsOf(operation: () => Promise<unknown>): Promise<readonly string[]> {
  tables.seen.length = 0;
  queues.seen.length = 0;
  await operation();
  return [
    ...tables.seen.map(({ method, path }) => `${method} ${tableIn(path)}`),
    ...queues.seen.map(({ method }) => `${method} queue`),
  ].sort();
}

function tableIn(path: string): string {
  if (path.includes('$batch')) return 'transaction';
  return /(audits|limits|open|leases|budgets|alerts)(?=[(?]|$)/.exec(path)?.[1] ?? path;
}

function customersOf(count: number): readonly object[] {
  return Array.from({ length: count }, (_, at) => ({
    id: `customer-${String(at).padStart(4, '0')}`,
    checks: ['limit-status'],
  }));
}

/** How often each request stands in a list. */
function counted(requests: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const request of requests) counts[request] = (counts[request] ?? 0) + 1;
  return counts;
}

describe.each([3, 120])('with %i customers', (count) => {
  let app: App;
  let one: TestApp;
  beforeAll(async () => {
    one = await aCountedApp(customersOf(count));
    ({ app } = one);
  });

  test('planning what is due asks for the statuses and what is open, and writes three rows and messages an audit', async () => {
    const requests = counted(await requestsOf(() => app.planDue()));
    expect(requests).toEqual({
      'GET limits': 1,
      'GET open': 2,
      'POST audits': count,
      'POST open': count,
      'POST queue': count,
    });
  });

  test('planning where nothing is due is two queries', async () => {
    expect(await requestsOf(() => app.planDue())).toEqual(['GET limits', 'GET open']);
  });

  test('an audit of one probe ends in one transaction, one upsert and the settling of its budget', async () => {
    const [open] = await one.storage.open.readAll();
    const { customerId = '', auditId = '' } = open ?? {};
    const pointer = await one.storage.history.readPointer(customerId, auditId);
    if (pointer === null) throw new Error('An audit was queued.');
    const job = { customerId, audits: [pointer.order] };
    const requests = await requestsOf(() => app.runJob(job, 600_000));
    const writes = counted(requests.filter((request) => !request.startsWith('GET')));
    expect(writes).toEqual({
      // Reserved, committed, settled.
      'POST transaction': 3,
      // The attempt, the claim's state, the limit status; the lease taken, the charge noted, the lease released.
      'PATCH audits': 1,
      'PATCH open': 1,
      'POST limits': 1,
      'POST leases': 1,
      'PATCH leases': 2,
      'DELETE open': 1,
    });
    expect(requests.length).toBeLessThanOrEqual(30);
  });

  test("a customer's limit status is one read, a page of customers one query, a page of its history one query", async () => {
    expect(await requestsOf(() => app.limitStatusOf('customer-0001'))).toEqual(['GET limits']);
    expect(await requestsOf(() => app.limitStatuses({ top: 50 }))).toEqual(['GET limits']);
    expect(await requestsOf(() => app.history('customer-0000', { top: 50 }))).toEqual(['GET audits']);
  });
});

test('a page of customers asks for its own rows only', async () => {
  const { app } = await aCountedApp(customersOf(5));
  const first = await app.limitStatuses({ top: 2 });
  tables.seen.length = 0;
  await app.limitStatuses({ top: 2, continuationToken: first.continuationToken ?? '' });
  expect(decodeURIComponent(tables.seen[0]?.path ?? '')).toContain(
    "RowKey ge 'customer-0002' and RowKey le 'customer-0003'",
  );
});

test('what a page costs does not grow with the history: a later page is one query, too', async () => {
  const { app, storage, pass } = await aCountedApp(customersOf(1));
  for (let at = 0; at < 30; at++) {
    await app.audit([{ customerId: 'customer-0000', check: 'limit-status' }], {
      trigger: 'cli',
      parallel: 1,
      store: true,
    });
    await pass(60_000);
  }
  const { audits, continuationToken } = await storage.history.list('customer-0000', { top: 10 });
  expect(audits).toHaveLength(10);
  const next = { top: 10, continuationToken: continuationToken ?? '' };
  expect(await requestsOf(() => app.history('customer-0000', next))).toEqual(['GET audits']);
});
