import { unknownLimitStatus } from '../../../src/audit/limit-status';
import type { Storage } from '../../../src/audit/ports';
import type { Digest } from '../../../src/audit/proof/digest';
import type { DigestBlobs, DigestMarks } from '../../../src/audit/proof/digest-store';
import type { SigningKey } from '../../../src/audit/proof/signature';
import { verifyDigests } from '../../../src/audit/proof/verify-digests';
import { type DigestPorts, writeDigest } from '../../../src/audit/proof/write-digest';
import { azuriteDigests } from '../../adapters/storage/azurite-digests';
import { azuriteStorage } from '../../adapters/storage/azurite-storage';
import { aCustomer } from '../a-declaration';
import { aSigningKey, otherEd25519Pem, p256Pem } from './a-signing-key';

const key = aSigningKey();
const hourMs = 3_600_000;
const noonMs = Date.UTC(2026, 10, 22, 12);
const hash = 'a'.repeat(64);

async function aPlace(by: SigningKey = key): Promise<DigestPorts & { readonly storage: Storage }> {
  const { storage } = await azuriteStorage();
  const blobs = await azuriteDigests();
  const { limits, retention, digestMarks: marks } = storage;
  return { storage, blobs, marks, limits, retention, key: by };
}

async function keepHead({ storage }: { readonly storage: Storage }, customerId: string, sequence: number) {
  const status = { ...unknownLimitStatus(aCustomer({ id: customerId })), head: { sequence, hash } };
  await storage.limits.update(customerId, () => status);
}

async function readDigests({ blobs }: { readonly blobs: DigestBlobs }): Promise<readonly Digest[]> {
  const digests: Digest[] = [];
  for await (const { text } of blobs.readAll()) digests.push(JSON.parse(text));
  return digests;
}

const verified = async ({ blobs, marks }: DigestPorts) =>
  (await verifyDigests(blobs.readAll(), { keys: key.trusted, mark: await marks.read(), isWanted: () => true }))
    .integrity;

test('each hour gets one digest with the heads of all customers, by id, and the digest before it', async () => {
  const place = await aPlace();
  await keepHead(place, 'northwind', 7);
  await keepHead(place, 'contoso', 3);
  await place.storage.limits.update('nobody', () => unknownLimitStatus(aCustomer({ id: 'nobody' })));
  const first = await writeDigest(place, noonMs + 3_000);
  const second = await writeDigest(place, noonMs + hourMs);
  expect([first.isNew, first.customers, second.number]).toEqual([true, 2, 2]);
  const signed = { key: { algorithm: 'Ed25519', id: key.publicKey.id }, signature: expect.any(String) };
  const heads = [
    { customerId: 'contoso', sequence: 3, hash },
    { customerId: 'northwind', sequence: 7, hash },
  ];
  const at = '2026-11-22T12:00:03.000Z';
  const format = 'gateway-audit-digest/1';
  expect(await readDigests(place)).toEqual([
    { format, number: 1, from: null, to: at, missedHours: 0, previous: null, heads, ...signed },
    {
      ...{ format, number: 2, from: at, to: '2026-11-22T13:00:00.000Z', missedHours: 0, heads, ...signed },
      previous: { name: first.name, hash: first.hash },
    },
  ]);
  expect(await verified(place)).toMatchObject({ intact: true, digests: 2, last: { number: 2 } });
});

test('a second run in the hour, or one with a clock that was set back, writes nothing', async () => {
  const place = await aPlace();
  const first = await writeDigest(place, noonMs);
  for (const nowMs of [noonMs + 1, noonMs + hourMs - 1, noonMs - 5 * hourMs]) {
    expect(await writeDigest(place, nowMs)).toMatchObject({ isNew: false, name: first.name });
  }
  expect(await readDigests(place)).toHaveLength(1);
});

test('workers that write at once, some of them in the next hour already, leave one series', async () => {
  const place = await aPlace();
  await writeDigest(place, noonMs - hourMs);
  const moments = [noonMs - 1, noonMs, noonMs + 1, noonMs + hourMs, noonMs + hourMs + 1];
  const written = await Promise.all(moments.map((nowMs) => writeDigest(place, nowMs)));
  expect(written.filter(({ isNew }) => isNew).length).toBe((await readDigests(place)).length - 1);
  expect(await verified(place)).toMatchObject({ intact: true });
});

test('hours in which the service was down are stated by the next digest', async () => {
  const place = await aPlace();
  await writeDigest(place, noonMs);
  await writeDigest(place, noonMs + 5 * hourMs);
  expect(await verified(place)).toMatchObject({ intact: true, missedHours: 4 });
});

test('a digest that was written before its writer died is gone on from', async () => {
  const place = await aPlace();
  await writeDigest(place, noonMs);
  const forgetful: DigestMarks = { ...place.marks, write: () => Promise.reject(new Error('died')) };
  await expect(writeDigest({ ...place, marks: forgetful }, noonMs + hourMs)).rejects.toThrow('died');
  expect(await writeDigest(place, noonMs + hourMs + 1)).toMatchObject({ isNew: false, number: 2 });
  expect((await place.marks.read())?.number).toBe(2);
  await writeDigest(place, noonMs + 2 * hourMs);
  expect(await verified(place)).toMatchObject({ intact: true, digests: 3 });
});

test('where the note of the last digest is gone, the last one in the container is gone on from', async () => {
  const place = await aPlace();
  await writeDigest(place, noonMs);
  await writeDigest(place, noonMs + hourMs);
  const marks = (await azuriteStorage()).storage.digestMarks;
  expect(await writeDigest({ ...place, marks }, noonMs + 2 * hourMs)).toMatchObject({ number: 3 });
  expect(await verified({ ...place, marks })).toMatchObject({ intact: true, digests: 3 });
});

test('the next digest still names one that was taken away', async () => {
  const place = await aPlace();
  const first = await writeDigest(place, noonMs);
  const elsewhere = { ...place, blobs: await azuriteDigests() };
  await writeDigest(elsewhere, noonMs + hourMs);
  expect(await verified(elsewhere)).toMatchObject({
    intact: false,
    firstBroken: { name: first.name, because: 'it is gone: digest-00000002.json comes after it' },
  });
});

test('no digest is built on one that somebody else put there', async () => {
  const place = await aPlace();
  await writeDigest(place, noonMs);
  const thief = { ...(await aPlace(aSigningKey(otherEd25519Pem))), blobs: place.blobs, marks: place.marks };
  const trusting = { ...thief.key, trusted: [...thief.key.trusted, ...key.trusted] };
  await writeDigest({ ...thief, key: trusting, marks: { ...place.marks, write: async () => {} } }, noonMs + hourMs);
  await expect(writeDigest(place, noonMs + 2 * hourMs)).rejects.toMatchObject({
    code: 'storage-corrupt',
    message: expect.stringMatching(/digest-00000002\.json .* none of those that are trusted.*verify --digests/s),
  });
});

test('a key that was replaced goes on where the one before it ended', async () => {
  const place = await aPlace(aSigningKey(p256Pem));
  await writeDigest(place, noonMs);
  const replaced = aSigningKey(undefined, p256Pem);
  await writeDigest({ ...place, key: replaced }, noonMs + hourMs);
  const mark = await place.marks.read();
  const { integrity } = await verifyDigests(place.blobs.readAll(), {
    keys: replaced.trusted,
    mark,
    isWanted: () => true,
  });
  expect(integrity).toMatchObject({ intact: true, digests: 2 });
});
