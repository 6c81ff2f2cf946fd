import { TableClient } from '@azure/data-tables';
import type { Storage } from '../../../src/audit/ports';
import type { AnchorContent } from '../../../src/audit/proof/anchor';
import { makeAnchor } from '../../../src/audit/proof/anchor';
import { type PurgePorts, purgeBefore, purgeHistory } from '../../../src/audit/proof/purge-history';
import type { Retention } from '../../../src/audit/proof/retention';
import type { SigningKey } from '../../../src/audit/proof/signature';
import { verifyHistory } from '../../../src/audit/proof/verify-history';
import { type AzuriteStorage, azuriteStorage } from '../../adapters/storage/azurite-storage';
import { keepAudit } from '../running/kept-audits';
import { aSigningKey, otherEd25519Pem } from './a-signing-key';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 9, 1);
const key = aSigningKey();
const thief = aSigningKey(otherEd25519Pem);

interface Place extends AzuriteStorage {
  readonly table: TableClient;
}

/** Audits of contoso, one at noon of each day from 1 October on. */
async function aPlace(days: number): Promise<Place> {
  const azurite = await azuriteStorage();
  for (let day = 1; day <= days; day++) {
    const nowMs = startMs + (day - 0.5) * dayMs;
    await keepAudit(azurite.storage, { customerId: 'contoso', at: day, nowMs });
  }
  const { connectionString, tablePrefix } = azurite;
  const table = TableClient.fromConnectionString(connectionString, `${tablePrefix}audits`, {
    allowInsecureConnection: true,
  });
  return { ...azurite, table };
}

const clock = { nowMs: () => startMs + 20 * dayMs };
const untilDay = (day: number) => ({
  customerId: 'contoso',
  beforeMs: startMs + day * dayMs,
  endsAtMs: startMs + 21 * dayMs,
});
const ports = ({ storage }: Place, parts: Partial<PurgePorts> = {}): PurgePorts => {
  const { history, retention } = storage;
  return { history, retention, clock, key, ...parts };
};
const verified = (storage: Storage, by: SigningKey = key) =>
  verifyHistory('contoso', storage, { keys: by.trusted, witnesses: [] });

async function rowKeysIn({ table }: Place): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const { rowKey } of table.listEntities()) keys.push(rowKey ?? '');
  return keys;
}

test('whole UTC days are counted back from today’s', () => {
  expect(new Date(purgeBefore(Date.UTC(2026, 10, 22, 17), 30)).toISOString()).toBe('2026-10-23T00:00:00.000Z');
  expect(new Date(purgeBefore(Date.UTC(2026, 10, 22), 1)).toISOString()).toBe('2026-11-21T00:00:00.000Z');
});

test('takes away reports, evidence, checkpoints and pointers of older days, leaves roll-ups and a signed anchor', async () => {
  const place = await aPlace(6);
  const { audits } = await place.storage.history.list('contoso', { top: 10 });
  expect(await purgeHistory(untilDay(4), ports(place))).toEqual({ removed: 4, isDone: true });
  const rows = await rowKeysIn(place);
  const left = (prefix: string) => rows.filter((rowKey) => rowKey.startsWith(prefix)).length;
  expect(Object.fromEntries(['r-', 'e-', 'a-', 'c-', 'u-'].map((prefix) => [prefix, left(prefix)]))).toEqual({
    ...{ 'r-': 2, 'e-': 2, 'a-': 2, 'c-': 2 },
    'u-': 1,
  });
  expect(await place.storage.retention.readAnchor('contoso')).toEqual({
    format: 'gateway-audit-anchor/1',
    customerId: 'contoso',
    sequence: 4,
    hash: audits[2]?.hash,
    purgedAt: '2026-10-21T00:00:00.000Z',
    purgedBefore: '2026-10-05T00:00:00.000Z',
    key: { algorithm: 'Ed25519', id: key.publicKey.id },
    signature: expect.any(String),
  });
  const head = await place.storage.history.readHead('contoso');
  expect(await verified(place.storage)).toEqual({ intact: true, audits: 2, head });
});

test('nothing older is there: nothing is done, no anchor is written', async () => {
  const place = await aPlace(2);
  expect(await purgeHistory(untilDay(0), ports(place))).toEqual({ removed: 0, isDone: true });
  expect(await purgeHistory({ ...untilDay(4), customerId: 'nobody' }, ports(place))).toEqual({
    removed: 0,
    isDone: true,
  });
  expect(await place.storage.retention.readAnchor('contoso')).toBeNull();
});

test('the newest audit stays, however old it is, and the next one follows it', async () => {
  const place = await aPlace(3);
  expect(await purgeHistory(untilDay(15), ports(place))).toEqual({ removed: 2, isDone: true });
  expect(await purgeHistory(untilDay(16), ports(place))).toEqual({ removed: 0, isDone: true });
  await keepAudit(place.storage, { customerId: 'contoso', at: 17, nowMs: startMs + 16.5 * dayMs });
  expect(await verified(place.storage)).toMatchObject({ intact: true, audits: 2, head: { sequence: 4 } });
});

test('a purge goes on day by day, its anchor with it', async () => {
  const place = await aPlace(6);
  for (const day of [2, 3, 5]) {
    await purgeHistory(untilDay(day), ports(place));
    expect(await verified(place.storage)).toMatchObject({ intact: true, audits: 6 - day });
  }
});

test('a purge that is broken off anywhere verifies, and the next one ends it', async () => {
  const place = await aPlace(6);
  const { retention } = place.storage;
  const dying: Retention = {
    ...retention,
    async remove(customerId, records) {
      // Two of four, with a hole between them; of a third one only the evidence.
      await retention.remove(
        customerId,
        [records[0], records[2]].flatMap((record) => record ?? []),
      );
      const { auditId } = records[1]?.report ?? {};
      await place.table.deleteEntity('contoso', `e-${auditId}-00`);
      throw new Error('died');
    },
  };
  await expect(purgeHistory(untilDay(4), ports(place, { retention: dying }))).rejects.toThrow('died');
  expect(await verified(place.storage)).toMatchObject({ intact: true, audits: 4 });
  expect(await purgeHistory(untilDay(4), ports(place))).toEqual({ removed: 2, isDone: true });
  expect(await verified(place.storage)).toMatchObject({ intact: true, audits: 2 });
});

test('what one run has no time for is left for the next', async () => {
  const place = await aPlace(4);
  const late = { ...untilDay(3), endsAtMs: clock.nowMs() };
  expect(await purgeHistory(late, ports(place))).toEqual({ removed: 0, isDone: false });
  expect(await verified(place.storage)).toMatchObject({ intact: true });
  expect(await purgeHistory(untilDay(3), ports(place))).toEqual({ removed: 3, isDone: true });
});

test('two purges at once, and audits that end meanwhile, leave a whole history', async () => {
  const place = await aPlace(8);
  const [one, other] = await Promise.all([
    purgeHistory(untilDay(5), ports(place)),
    purgeHistory(untilDay(6), ports(place)),
    keepAudit(place.storage, { customerId: 'contoso', at: 30, nowMs: startMs + 19.5 * dayMs }),
    verified(place.storage).then((integrity) => expect(integrity.intact).toBe(true)),
  ]);
  expect([one.isDone, other.isDone]).toEqual([true, true]);
  expect(await verified(place.storage)).toMatchObject({ intact: true, audits: 3, head: { sequence: 9 } });
});

test('without a signing key the anchor is not signed, and believed', async () => {
  const place = await aPlace(3);
  await purgeHistory(untilDay(2), ports(place, { key: null }));
  expect(await place.storage.retention.readAnchor('contoso')).not.toHaveProperty('signature');
  expect(await verifyHistory('contoso', place.storage)).toMatchObject({ intact: true, audits: 1 });
});

type Tamper = (place: Place) => Promise<unknown>;
interface ReportRow {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly report00: string;
}

const row = async ({ table }: Place, at: number) => {
  const rows: ReportRow[] = [];
  for await (const one of table.listEntities<ReportRow>({
    queryOptions: { filter: "RowKey ge 'r-' and RowKey lt 'r.'" },
  })) {
    rows.push(one);
  }
  const found = rows[at];
  if (found === undefined) throw new Error(`There is no row ${at}`);
  return found;
};
const edit =
  (at: number): Tamper =>
  async (place) => {
    const found = await row(place, at);
    await place.table.updateEntity({ ...found, report00: found.report00.replace('"pass"', '"fail"') }, 'Merge');
  };
const remove =
  (at: number): Tamper =>
  async (place) => {
    const { partitionKey, rowKey } = await row(place, at);
    await place.table.deleteEntity(partitionKey, rowKey);
  };

test.each<[string, Tamper, string]>([
  ['one of them was edited', edit(4), 'number 2: its content is not'],
  ['one of them is gone', remove(4), 'number 2: it is gone'],
  ['the last of them was edited', edit(2), 'number 4: its content is not'],
  ['the last of them is gone', remove(2), 'does not lead to it'],
  ['the one right above them was edited', edit(1), 'does not lead to it'],
])('nothing is taken away where %s: it proves something', async (_, tamper, because) => {
  const place = await aPlace(6);
  await tamper(place);
  const before = await rowKeysIn(place);
  expect(await purgeHistory(untilDay(4), ports(place))).toEqual({ refused: expect.stringContaining(because) });
  expect(await rowKeysIn(place)).toEqual(before);
});

const forged: AnchorContent = {
  format: 'gateway-audit-anchor/1',
  customerId: 'contoso',
  sequence: 3,
  hash: '',
  purgedAt: '2026-10-21T00:00:00.000Z',
  purgedBefore: '2026-10-05T00:00:00.000Z',
};

test.each<[string, SigningKey | null, Partial<AnchorContent>, string]>([
  ['is not signed', null, {}, 'is not signed'],
  ['is signed with another key', thief, {}, 'none of those that are trusted'],
  ['is another customer’s', key, { customerId: 'fabrikam' }, 'is that of customer fabrikam'],
])('a deletion that is passed off as a purge is found: its anchor %s', async (_, by, parts, because) => {
  const place = await aPlace(6);
  const [report] = (await place.storage.history.list('contoso', { top: 10 })).audits.slice(3);
  const anchor = await makeAnchor({ ...forged, hash: report?.hash ?? '', ...parts }, by);
  const { sequence, hash } = anchor;
  const entity = { partitionKey: 'contoso', rowKey: 'anchor', sequence, hash, anchor: JSON.stringify(anchor) };
  await place.table.upsertEntity(entity, 'Replace');
  for (const at of [5, 4, 3]) await remove(at)(place);
  const told = expect.stringContaining(because);
  expect(await verified(place.storage)).toMatchObject({ intact: false, firstBroken: { row: 'anchor', because: told } });
  expect(await purgeHistory(untilDay(5), ports(place))).toEqual({ refused: told });
});

test('an earlier anchor of our own in the place of the last one does not hide what it does not cover', async () => {
  const place = await aPlace(6);
  await purgeHistory(untilDay(1), ports(place));
  const earlier = await place.table.getEntity('contoso', 'anchor');
  await purgeHistory(untilDay(3), ports(place));
  await place.table.updateEntity({ ...earlier, partitionKey: 'contoso', rowKey: 'anchor' }, 'Replace');
  expect(await verified(place.storage)).toMatchObject({ intact: false, firstBroken: { sequence: 2 } });
});

test.each<[string, Tamper, object]>([
  ['is gone', ({ table }) => table.deleteEntity('contoso', 'anchor'), { sequence: 1 }],
  [
    'holds no anchor',
    ({ table }) => table.updateEntity({ partitionKey: 'contoso', rowKey: 'anchor', anchor: '{}' }, 'Merge'),
    { row: 'anchor', because: 'the anchor of a purge cannot be read' },
  ],
])('an anchor that %s is found', async (_, tamper, firstBroken) => {
  const place = await aPlace(4);
  await purgeHistory(untilDay(2), ports(place));
  await tamper(place);
  expect(await verified(place.storage)).toMatchObject({ intact: false, firstBroken });
});
