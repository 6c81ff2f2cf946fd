import { TableClient } from '@azure/data-tables';
import { toLimitRow } from '../../src/adapters/storage/limits-table';
import { publicKeysIn } from '../../src/audit/proof/public-keys';
import { aSigningKey, ed25519Pem, otherEd25519Pem } from '../audit/proof/a-signing-key';
import { keepAudit } from '../audit/running/kept-audits';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { anApp, type TestApp } from './an-app';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const thief = aSigningKey(otherEd25519Pem);
const signal = new AbortController().signal;
const everyone = { customerId: null, publicKeys: null, signal };

async function aPreparedApp(settings: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const opened = await anApp({ settings });
  await opened.storage.prepare();
  return opened;
}

/** An app that signs, three audits of contoso and a digest after each. */
async function aSigningApp(settings: Readonly<Record<string, string>> = {}): Promise<TestApp> {
  const AUDIT_STORAGE = await azuriteConnectionString();
  const AUDIT_DIGEST_CONTAINER = `${uniquePrefix()}-digests`;
  const signing = { AUDIT_STORAGE, AUDIT_DIGEST_CONTAINER, AUDIT_SIGNING_KEY: ed25519Pem };
  const opened = await aPreparedApp({ ...signing, ...settings });
  for (let at = 1; at <= 3; at++) {
    await keepAudit(opened.storage, { customerId: 'contoso', at, nowMs: opened.clock.nowMs() });
    await opened.app.writeDigest();
    await opened.pass(hourMs);
  }
  return opened;
}

/** Writes another history with valid hashes over the stored one: reports, head, limit status. */
async function rewriteAll({ names, storage, clock }: TestApp): Promise<void> {
  const connectionString = await azuriteConnectionString();
  const tableOf = (name: string) =>
    TableClient.fromConnectionString(connectionString, `${names.tablePrefix}${name}`, {
      allowInsecureConnection: true,
    });
  const audits = tableOf('audits');
  for await (const { partitionKey = '', rowKey = '' } of audits.listEntities()) {
    await audits.deleteEntity(partitionKey, rowKey);
  }
  const status = await storage.limits.read('contoso');
  for (let at = 1; at <= 3; at++) {
    await keepAudit(storage, { customerId: 'contoso', at: at + 10, nowMs: clock.nowMs() });
  }
  const head = await storage.history.readHead('contoso');
  if (status) await tableOf('limits').upsertEntity(toLimitRow({ ...status, head }), 'Merge');
}

test('a history, its digests and the newest one beside its integrity are intact', async () => {
  const { app, close } = await aSigningApp();
  const head = expect.objectContaining({ sequence: 3 });
  const { id } = aSigningKey().publicKey;
  expect(await app.verifyDigests(everyone)).toEqual({
    digests: { intact: true, digests: 3, missedHours: 0, last: expect.objectContaining({ number: 3 }) },
    customers: [{ customerId: 'contoso', intact: true, audits: 3, head }],
    container: expect.stringMatching(/-digests$/),
    isContainerImmutable: false,
    lastAgeMs: hourMs,
    keys: [{ id, algorithm: 'Ed25519', from: 'AUDIT_SIGNING_KEY' }],
  });
  expect(await app.integrity('contoso')).toEqual({
    ...{ intact: true, audits: 3, head },
    digest: {
      ...{ name: 'digest-00000003.json', number: 3, at: '2026-01-05T14:00:00.000Z', keyId: id },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
  close();
});

test('who writes the whole chain anew, head and limit status too, is found by the digests, and by the last one', async () => {
  const opened = await aSigningApp();
  await rewriteAll(opened);
  const firstBroken = { because: expect.stringContaining('the signed digest of 2026-01-05T1') };
  expect((await opened.app.verifyDigests(everyone)).customers).toMatchObject([{ intact: false, firstBroken }]);
  expect(await opened.app.integrity('contoso')).toMatchObject({ intact: false, firstBroken: { sequence: 3 } });
  // A digest of the new history does not make up for the old ones.
  await opened.app.writeDigest();
  expect((await opened.app.verifyDigests(everyone)).customers).toMatchObject([{ intact: false, firstBroken }]);
  opened.close();
});

test('digests are believed by the public key that is named, and by no other', async () => {
  const { app, close } = await aSigningApp();
  const publicKeys = publicKeysIn(ed25519Pem, 'a file');
  expect((await app.verifyDigests({ ...everyone, publicKeys })).digests.intact).toBe(true);
  const other = await app.verifyDigests({ ...everyone, publicKeys: thief.trusted });
  expect(other.digests).toMatchObject({ intact: false, firstBroken: { name: 'digest-00000001.json' } });
  close();
});

test('customers that are no longer configured are signed and verified, those that nobody knows are told so', async () => {
  const opened = await aSigningApp();
  await keepAudit(opened.storage, { customerId: 'long-gone', at: 1, nowMs: opened.clock.nowMs() });
  await opened.app.writeDigest();
  const { customers } = await opened.app.verifyDigests(everyone);
  expect(customers.map(({ customerId, audits }) => [customerId, audits])).toEqual([
    ['contoso', 3],
    ['long-gone', 1],
  ]);
  await expect(opened.app.verifyDigests({ ...everyone, customerId: 'nobody' })).rejects.toMatchObject({
    code: 'not-found',
  });
  opened.close();
});

test('a last digest that was taken away is told beside the integrity', async () => {
  const opened = await aSigningApp();
  const mark = await opened.storage.digestMarks.read();
  await opened.storage.digestMarks.write({ name: 'digest-00000004.json', number: 4, to: mark?.to ?? '', hash: 'f' });
  expect(await opened.app.integrity('contoso')).toMatchObject({
    intact: false,
    audits: 3,
    firstBroken: { sequence: 3, because: expect.stringMatching(/digest-00000004\.json, of .*: it is gone/) },
  });
  opened.close();
});

test('a note of the last digest that cannot be read hides no other metric', async () => {
  const { app, names, close } = await aPreparedApp();
  const limits = TableClient.fromConnectionString(await azuriteConnectionString(), `${names.tablePrefix}limits`, {
    allowInsecureConnection: true,
  });
  await limits.createEntity({ partitionKey: 'digests', rowKey: 'last', number: 1 });
  const metrics = await app.metrics();
  expect(metrics).toContain('gateway_audit_declared_tokens_per_minute{customer="contoso",gateway="main"} 100');
  expect(metrics).not.toMatch(/^gateway_audit_last_digest_age_seconds /m);
  close();
});

test('without a signing key nothing is signed, and digests cannot be verified without a public key', async () => {
  const { app, storage, clock, close } = await aPreparedApp();
  await keepAudit(storage, { customerId: 'contoso', at: 1, nowMs: clock.nowMs() });
  expect(await app.writeDigest()).toBeNull();
  expect(await app.integrity('contoso')).not.toHaveProperty('digest');
  await expect(app.verifyDigests(everyone)).rejects.toMatchObject({
    code: 'setting-missing',
    message: expect.stringContaining('--public-key'),
  });
  close();
});

test.each([
  ['AUDIT_SIGNING_KEY', { AUDIT_SIGNING_KEY: 'my-secret' }],
  ['AUDIT_DIGEST_CONTAINER', { AUDIT_SIGNING_KEY: ed25519Pem, AUDIT_DIGEST_CONTAINER: 'my-secret/x' }],
])('a %s that cannot be used is named, not told', async (name, settings) => {
  const { app, close } = await anApp({ settings: { AUDIT_STORAGE: await azuriteConnectionString(), ...settings } });
  const error = (await app.writeDigest().catch((thrown: unknown) => thrown)) as Error;
  expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringContaining(name) });
  expect(error.message).not.toContain('my-secret');
  close();
});

test('whole days are purged, signed digests of what is gone stay, and the rest verifies', async () => {
  const opened = await aSigningApp({ AUDIT_RETENTION_DAYS: '30' });
  await opened.pass(25 * dayMs);
  await keepAudit(opened.storage, { customerId: 'contoso', at: 4, nowMs: opened.clock.nowMs() });
  expect(await opened.app.purgeHistories(60_000)).toEqual([{ customerId: 'contoso', removed: 0, isDone: true }]);
  await opened.pass(10 * dayMs);
  expect(await opened.app.purgeHistories(60_000)).toEqual([{ customerId: 'contoso', removed: 3, isDone: true }]);
  await opened.app.writeDigest();
  const { digests, customers } = await opened.app.verifyDigests(everyone);
  expect(digests).toMatchObject({ intact: true, digests: 4, missedHours: 35 * 24 });
  expect(customers).toMatchObject([{ intact: true, audits: 1, head: { sequence: 4 } }]);
  expect(await opened.app.integrity('contoso')).toMatchObject({ intact: true, audits: 1 });
  opened.close();
});

/* Seen in a review: whoever wrote over one customer's anchor stopped every purge, and the first digest. */
test('an anchor that cannot be read stops neither the purge of others nor the first digest', async () => {
  const opened = await aPreparedApp({
    AUDIT_STORAGE: await azuriteConnectionString(),
    AUDIT_DIGEST_CONTAINER: `${uniquePrefix()}-d`,
    AUDIT_SIGNING_KEY: ed25519Pem,
    AUDIT_RETENTION_DAYS: '1',
  });
  for (let at = 1; at <= 2; at++) {
    for (const customerId of ['contoso', 'long-gone']) {
      await keepAudit(opened.storage, { customerId, at, nowMs: opened.clock.nowMs() });
    }
    await opened.pass(2 * dayMs);
  }
  const audits = TableClient.fromConnectionString(
    await azuriteConnectionString(),
    `${opened.names.tablePrefix}audits`,
    {
      allowInsecureConnection: true,
    },
  );
  await audits.createEntity({ partitionKey: 'contoso', rowKey: 'anchor', anchor: '{}' });
  expect(await opened.app.purgeHistories(60_000)).toEqual([
    { customerId: 'contoso', refused: expect.stringContaining('contoso / anchor: it holds no anchor') },
    { customerId: 'long-gone', removed: 1, isDone: true },
  ]);
  expect(await opened.app.writeDigest()).toMatchObject({ isNew: true, customers: 2 });
  opened.close();
});

test.each(['0', '-1', '1.5', 'ten', '1e3', '99999'])(
  'AUDIT_RETENTION_DAYS %s purges nothing and is told',
  async (text) => {
    const { app, close } = await anApp({ settings: { AUDIT_RETENTION_DAYS: text } });
    await expect(app.purgeHistories(60_000)).rejects.toMatchObject({
      code: 'config-invalid',
      message: expect.stringContaining('AUDIT_RETENTION_DAYS'),
    });
    close();
  },
);

test('without AUDIT_RETENTION_DAYS nothing is purged', async () => {
  const { app, close } = await anApp();
  expect(await app.purgeHistories(60_000)).toBeNull();
  close();
});

test('an anchor from before the signing key was set is taken as it is when signing begins', async () => {
  const settings = { AUDIT_STORAGE: await azuriteConnectionString(), AUDIT_DIGEST_CONTAINER: `${uniquePrefix()}-d` };
  const unsigned = await aPreparedApp({ ...settings, AUDIT_RETENTION_DAYS: '1' });
  for (let at = 1; at <= 2; at++) {
    await keepAudit(unsigned.storage, { customerId: 'contoso', at, nowMs: unsigned.clock.nowMs() });
    await unsigned.pass(2 * dayMs);
  }
  expect(await unsigned.app.purgeHistories(60_000)).toMatchObject([{ removed: 1 }]);
  const signing = await anApp({ settings: { ...settings, AUDIT_SIGNING_KEY: ed25519Pem }, worksBeside: unsigned });
  expect(await signing.app.integrity('contoso')).toMatchObject({ intact: false, firstBroken: { row: 'anchor' } });
  await signing.app.writeDigest();
  expect((await signing.app.verifyDigests(everyone)).customers).toMatchObject([{ intact: true, audits: 1 }]);
  unsigned.close();
  signing.close();
});
