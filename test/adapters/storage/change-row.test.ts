import { randomUUID } from 'node:crypto';
import type { LimitStatus, Storage } from '../../../src/audit/ports';
import { anOrder } from '../../audit/a-report-draft';
import { connectionStringAt } from '../../azurite';
import { azuriteStorage, storageAt } from './azurite-storage';
import { type StorageProxy, startStorageProxy } from './storage-proxy';

const status: LimitStatus = {
  customerId: 'contoso',
  gatewayId: 'main',
  declared: { tokensPerMinute: 1000 },
  observed: null,
  throttled: null,
  verdicts: {},
  head: null,
  spent: { day: '2026-11-22', tokens: 0 },
};
let storage: Storage;
let proxy: StorageProxy;

beforeAll(async () => {
  const own = await azuriteStorage();
  proxy = await startStorageProxy(/TableEndpoint=([^;]+)\/devstoreaccount1/.exec(own.connectionString)?.[1] ?? '');
  storage = storageAt(connectionStringAt({ table: proxy.url, queue: proxy.url }), own);
});

afterAll(() => proxy.close());

test('a change whose answer was lost is made once, be it of a new row or of one that is there', async () => {
  for (const tokens of [5, 10]) {
    const lost = loseNextWrite();
    const changed = await storage.limits.update('contoso', addFiveTokens);
    expect([lost.count, changed.spent.tokens]).toEqual([1, tokens]);
  }
  expect(await storage.limits.read('contoso')).toEqual({ ...status, spent: { day: '2026-11-22', tokens: 10 } });
});

test('a pointer whose insertion was carried out but not answered is new to the caller all the same', async () => {
  const order = anOrder({ auditId: randomUUID() });
  loseNextWrite();
  expect(await storage.history.insertPointer(order, 1000)).toBe(true);
  expect(await storage.history.insertPointer(order, 1000)).toBe(false);
});

test('an attempt whose beginning was carried out but not answered is counted once', async () => {
  const order = anOrder({ auditId: randomUUID() });
  await storage.history.insertPointer(order, 1000);
  loseNextWrite();
  const begun = { order, state: 'running', attempt: 1, sinceMs: 2000 };
  expect(await storage.history.beginAttempt('contoso', order.auditId, 2000)).toEqual(begun);
  expect(await storage.history.readPointer('contoso', order.auditId)).toEqual(begun);
});

function addFiveTokens(current: LimitStatus | null): LimitStatus {
  const before = current ?? status;
  return { ...before, spent: { ...before.spent, tokens: before.spent.tokens + 5 } };
}

function loseNextWrite(): { count: number } {
  const lost = { count: 0 };
  proxy.decide = ({ method }) => {
    if (method === 'GET' || lost.count > 0) return 'pass';
    lost.count++;
    return 'lose-answer';
  };
  return lost;
}
