import { randomUUID } from 'node:crypto';
import type { Storage } from '../../../src/audit/ports';
import { anOrder, someEvidence } from '../../audit/a-report-draft';
import { azuriteConnectionString, connectionStringAt } from '../../azurite';
import { azuriteStorage, storageAt } from './azurite-storage';
import { type StorageProxy, startStorageProxy } from './storage-proxy';

const nowMs = Date.parse('2026-11-22T10:00:00.000Z');
const time = { nowMs, untilMs: nowMs + 60_000 };
const key = { day: '2026-11-22', customerId: 'contoso' };
/** Straight, and through a proxy that loses the answer of the first write. */
let storage: Storage;
let proxied: Storage;
let proxy: StorageProxy;

beforeAll(async () => {
  const own = await azuriteStorage();
  storage = own.storage;
  const straight = await azuriteConnectionString();
  const endpointOf = (service: string) =>
    new RegExp(`${service}Endpoint=([^;]+)/devstoreaccount1`).exec(straight)?.[1] ?? '';
  proxy = await startStorageProxy(endpointOf('Table'));
  proxied = storageAt(connectionStringAt({ table: proxy.url, queue: endpointOf('Queue') }), own);
});

beforeEach(() => {
  let lost = 0;
  proxy.decide = ({ method }) => (method !== 'GET' && lost++ === 0 ? 'lose-answer' : 'pass');
});

afterAll(() => proxy.close());

test('a lease whose taking was not answered is held, by one owner', async () => {
  const held = await proxied.leases.take(['counter lost'], 'worker', time);
  expect(held?.map(({ fence }) => fence)).toEqual([1]);
  expect(await storage.leases.take(['counter lost'], 'other', time)).toBeNull();
  const [lease] = held ?? [];
  if (lease === undefined) throw new Error('It was taken.');
  expect(await storage.leases.renew(lease, nowMs + 90_000)).toEqual({ ...lease, untilMs: nowMs + 90_000 });
});

test('tokens whose setting aside was not answered are set aside once, and settled once', async () => {
  const reservation = { reservationId: 'audit:1', tokens: 60 };
  expect(await proxied.budgets.reserve(key, reservation, { customer: 100 })).toBe(true);
  expect(await storage.budgets.reserve(key, { reservationId: 'audit:2', tokens: 41 }, { customer: 100 })).toBe(false);
  let lost = 0;
  proxy.decide = ({ method }) => (method !== 'GET' && lost++ === 0 ? 'lose-answer' : 'pass');
  await proxied.budgets.settle(key, 'audit:1', 50);
  const spending = { settledTokens: 50, reservedTokens: 0 };
  expect(await storage.budgets.read(key)).toEqual({ customer: spending, service: spending });
});

test('a checkpoint whose writing was not answered stands, and belongs to the attempt that breaks off', async () => {
  const audit = { customerId: 'contoso', auditId: randomUUID() };
  await storage.history.insertPointer(anOrder(audit), nowMs);
  await storage.history.beginAttempt(audit.customerId, audit.auditId, nowMs);
  const checkpoint = { startedMs: nowMs, evidence: someEvidence() };
  await proxied.history.saveCheckpoint(audit, checkpoint, { attempt: 1 });
  const pointer = await storage.history.beginAttempt(audit.customerId, audit.auditId, nowMs + 1);
  const [broken] = pointer?.broken ?? [];
  if (broken?.checkpoint === undefined) throw new Error('It was kept.');
  expect(await storage.history.readCheckpoint(audit, broken.checkpoint)).toEqual(checkpoint);
  await expect(storage.history.saveCheckpoint(audit, checkpoint, { attempt: 1 })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(audit.auditId),
  });
});
