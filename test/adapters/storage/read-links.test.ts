import { TableClient } from '@azure/data-tables';
import * as fc from 'fast-check';
import { unknownLimitStatus } from '../../../src/audit/limit-status';
import type { Storage } from '../../../src/audit/ports';
import type { Integrity } from '../../../src/audit/proof/verify-chain';
import { verifyHistory } from '../../../src/audit/proof/verify-history';
import { aCustomer } from '../../audit/a-declaration';
import { anOrder, aReportDraft, someEvidence } from '../../audit/a-report-draft';
import { anExchange } from '../../probe/an-exchange';
import { azuriteStorage } from './azurite-storage';

/** In the long form 1,000: `INTEGRITY_MUTATIONS=1000 npx jest test/adapters/read-links`. */
const mutations = Number(process.env.INTEGRITY_MUTATIONS ?? 60);
const audits = 6;
jest.setTimeout(30_000 + 300 * mutations);

type Row = { partitionKey: string; rowKey: string } & Record<string, unknown>;

let storage: Storage;
let table: TableClient;
let rows: readonly Row[];
let foreignRows: readonly Row[];

beforeAll(async () => {
  const azurite = await azuriteStorage();
  ({ storage } = azurite);
  const { connectionString, tablePrefix } = azurite;
  table = TableClient.fromConnectionString(connectionString, `${tablePrefix}audits`, { allowInsecureConnection: true });
  for (const customerId of ['contoso', 'fabrikam']) {
    for (let at = 1; at <= audits; at++) await keepAudit(customerId, at);
  }
  rows = await rowsOf('contoso');
  foreignRows = await rowsOf('fabrikam');
});

async function keepAudit(customerId: string, at: number): Promise<void> {
  const auditId = `0192f0c1-0000-7000-8000-${String(at).padStart(12, '0')}`;
  await storage.history.insertPointer(anOrder({ customerId, auditId }), at);
  await storage.history.beginAttempt(customerId, auditId, at);
  const evidence = someEvidence({ exchanges: [anExchange({ probe: at, message: customerId })] });
  await storage.history.commit(aReportDraft({ customerId, auditId }), evidence, { attempt: 1, nowMs: at * 60_000 });
}

async function rowsOf(customerId: string): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const { etag: _, timestamp: __, ...row } of table.listEntities({
    queryOptions: { filter: `PartitionKey eq '${customerId}'` },
  })) {
    // The service gives every entity its keys.
    if (/^(head|[are]-)/.test(row.rowKey ?? '')) found.push(row as Row);
  }
  return found;
}

const verified = (): Promise<Integrity> => verifyHistory('contoso', storage);

test('an untouched history is intact, page by page', async () => {
  const head = await storage.history.readHead('contoso');
  expect(await verified()).toEqual({ intact: true, audits, head });
});

test('a customer without history is intact', async () => {
  expect(await verifyHistory('nobody', storage)).toEqual({ intact: true, audits: 0, head: null });
});

test('a head that cannot be read is told as what is broken', async () => {
  const headRow = rows.find(({ rowKey }) => rowKey === 'head') as Row;
  await table.upsertEntity({ ...headRow, sequence: 'six' }, 'Replace');
  const integrity = await verified();
  await table.upsertEntity(headRow, 'Replace');
  expect(integrity).toEqual({
    intact: false,
    audits: 0,
    head: null,
    firstBroken: { sequence: 0, auditId: null, row: 'head', because: "the chain's head cannot be read" },
  });
});

test('the newest audits and the head, taken away together, are missed by the limit status', async () => {
  const head = await storage.history.readHead('fabrikam');
  const customer = aCustomer({ id: 'fabrikam' });
  await storage.limits.update('fabrikam', () => ({ ...unknownLimitStatus(customer), head }));
  const newest = foreignRows.find(({ rowKey }) => rowKey.startsWith('r-')) as Row;
  const headRow = foreignRows.find(({ rowKey }) => rowKey === 'head') as Row;
  const { previousHash } = JSON.parse(String(newest.report00));
  await table.deleteEntity(newest.partitionKey, newest.rowKey);
  await table.upsertEntity({ ...headRow, sequence: audits - 1, hash: previousHash }, 'Replace');
  expect(await verifyHistory('fabrikam', storage)).toMatchObject({
    intact: false,
    firstBroken: { sequence: audits, because: expect.stringContaining('the limit status of the customer still names') },
  });
  await table.upsertEntity(newest, 'Replace');
  await table.upsertEntity(headRow, 'Replace');
});

test(`${mutations} random mutations of stored rows are found, and each is named`, async () => {
  await fc.assert(
    fc.asyncProperty(aMutation(), async (mutation) => {
      const { write, remove } = mutation();
      for (const row of remove) await table.deleteEntity(row.partitionKey, row.rowKey);
      for (const row of write) await table.upsertEntity(row, 'Replace');
      const integrity = await verified();
      for (const row of write) await table.deleteEntity(row.partitionKey, row.rowKey);
      for (const row of [...remove, ...write]) {
        const original = rows.find(({ rowKey }) => rowKey === row.rowKey);
        if (original) await table.upsertEntity(original, 'Replace');
      }
      expect(integrity).toMatchObject({ intact: false, firstBroken: { because: expect.any(String) } });
    }),
    { numRuns: mutations },
  );
  expect(await verified()).toMatchObject({ intact: true });
});

interface Mutation {
  readonly write: readonly Row[];
  readonly remove: readonly Row[];
}

function aMutation(): fc.Arbitrary<() => Mutation> {
  const any = fc.nat().map((n) => () => pick(rows, n));
  const report = fc.nat().map((n) => () => pick(rowsOfKind('r-'), n));
  return fc.oneof(
    any.map((row) => () => ({ write: [], remove: [row()] })),
    fc.tuple(any, fc.nat(), fc.nat()).map(([row, property, place]) => () => ({
      write: [edited(row(), property, place)],
      remove: [],
    })),
    fc.tuple(report, fc.integer({ min: 1, max: 9 })).map(([row, by]) => () => ({
      write: [{ ...row(), rowKey: otherKey(row().rowKey, by) }],
      remove: [],
    })),
    fc.tuple(report, fc.integer({ min: 1, max: 9 })).map(([row, by]) => () => ({
      write: [{ ...row(), rowKey: otherKey(row().rowKey, by) }],
      remove: [row()],
    })),
    fc.nat(audits - 2).map((n) => () => {
      const [one, other] = [pick(rowsOfKind('r-'), n), pick(rowsOfKind('r-'), n + 1)];
      return {
        write: [
          { ...one, rowKey: other.rowKey },
          { ...other, rowKey: one.rowKey },
        ],
        remove: [],
      };
    }),
    fc.tuple(fc.constantFrom('r-', 'e-', 'head'), fc.nat()).map(([kind, n]) => () => {
      const foreign = pick(
        foreignRows.filter(({ rowKey }) => rowKey.startsWith(kind)),
        n,
      );
      return { write: [{ ...foreign, partitionKey: 'contoso' }], remove: [] };
    }),
    fc.integer({ min: 1, max: audits }).map((n) => () => ({ write: [], remove: rowsOfKind('r-').slice(0, n) })),
  );
}

function rowsOfKind(prefix: string): readonly Row[] {
  return rows.filter(({ rowKey }) => rowKey.startsWith(prefix));
}

function pick(from: readonly Row[], n: number): Row {
  return from[n % from.length] as Row;
}

/** The number of attempts and the signature of the last writer are bookkeeping: nothing is found or judged by them. */
const bookkeeping = new Set(['partitionKey', 'rowKey', 'attempt', 'writer']);

function edited(row: Row, property: number, place: number): Row {
  const names = Object.keys(row).filter((name) => !bookkeeping.has(name));
  const name = names[property % names.length] ?? '';
  // When the head was committed decides where the next report goes, and nothing about those that are there.
  if (row.rowKey === 'head' && name === 'committedAt') return { ...row, hash: 'f'.repeat(64) };
  return { ...row, [name]: changed(row[name], place) };
}

function changed(value: unknown, place: number): unknown {
  if (typeof value === 'number') return value + 1 + (place % 5);
  if (value instanceof Uint8Array) {
    // The first ten bytes are gzip's own header, which nothing is read from.
    const at = 10 + (place % (value.length - 10));
    return value.map((byte, index) => (index === at ? byte ^ 0xff : byte));
  }
  const text = String(value);
  const at = place % Math.max(1, text.length);
  return `${text.slice(0, at)}${text[at] === '7' ? '8' : '7'}${text.slice(at + 1)}`;
}

function otherKey(rowKey: string, by: number): string {
  const at = rowKey.indexOf('-', 2) - 1;
  return `${rowKey.slice(0, at)}${(Number(rowKey[at]) + by) % 10}${rowKey.slice(at + 1)}`;
}

test('an audit that ends between two reads is no forgery', async () => {
  const { history, limits, retention } = storage;
  let extra = 100;
  const integrity = await verifyHistory('fabrikam', {
    limits,
    retention,
    history: {
      readHead: (customerId) => history.readHead(customerId),
      async readLinks(customerId, continuationToken) {
        if (extra === 100) await keepAudit('fabrikam', extra++);
        return history.readLinks(customerId, continuationToken);
      },
    },
  });
  expect(integrity).toMatchObject({ intact: true, audits: audits + 1 });
});
