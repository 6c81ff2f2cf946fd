import { openDigestBlobs } from '../../../src/adapters/storage/digest-blobs';
import { accessTo, storageConnectionOf } from '../../../src/adapters/storage/storage-connection';
import { digestName } from '../../../src/audit/proof/digest';
import type { StoredDigest } from '../../../src/audit/proof/digest-store';
import { azuriteConnectionString } from '../../azurite';
import { azuriteDigests } from './azurite-digests';

const digest = (number: number, text = `text of ${number}`): StoredDigest => ({ name: digestName(number), text });

async function all(digests: AsyncIterable<StoredDigest>): Promise<readonly StoredDigest[]> {
  const found: StoredDigest[] = [];
  for await (const one of digests) found.push(one);
  return found;
}

test('an empty container has no digest', async () => {
  const blobs = await azuriteDigests();
  expect([await all(blobs.readAll()), await blobs.lastName(), await blobs.read(digestName(1))]).toEqual([
    [],
    null,
    null,
  ]);
});

test('digests are read in the order of their numbers, more than are read at once', async () => {
  const blobs = await azuriteDigests();
  const digests = Array.from({ length: 40 }, (_, at) => digest(at + 1));
  for (const one of digests.toReversed()) expect(await blobs.insert(one)).toBe(true);
  expect(await all(blobs.readAll())).toEqual(digests);
  expect([await blobs.lastName(), await blobs.read(digestName(7))]).toEqual([digestName(40), 'text of 7']);
});

test('of two that write one number the second is refused, and the first stays', async () => {
  const blobs = await azuriteDigests();
  const written = await Promise.all([blobs.insert(digest(1, 'one')), blobs.insert(digest(1, 'other'))]);
  expect(written.toSorted()).toEqual([false, true]);
  const kept = await blobs.read(digestName(1));
  expect(kept).toBe(written[0] ? 'one' : 'other');
});

test('one that finds itself there, after an answer that was lost, has been written', async () => {
  const blobs = await azuriteDigests();
  await blobs.insert(digest(1));
  expect(await blobs.insert(digest(1))).toBe(true);
});

test('blobs that are no digests are passed over', async () => {
  const blobs = await azuriteDigests();
  await blobs.insert({ name: 'digest-public-key.pem', text: 'a key' });
  await blobs.insert(digest(1));
  expect(await all(blobs.readAll())).toEqual([digest(1)]);
});

test('a container that is not there is trouble, and no end of the digests', async () => {
  const connectionString = await azuriteConnectionString();
  const access = accessTo({ kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString });
  const blobs = openDigestBlobs(access, 'nobody-made-it');
  await expect(blobs.read(digestName(1))).rejects.toMatchObject({
    code: 'storage-unavailable',
    message: expect.stringContaining('Cannot read the container nobody-made-it'),
  });
});

test('an account that is named without its blobs is told what to set', async () => {
  const settings = { AUDIT_STORAGE__tableServiceUri: 'https://t', AUDIT_STORAGE__queueServiceUri: 'https://q' };
  const blobs = openDigestBlobs(accessTo(storageConnectionOf(settings)), 'digests');
  await expect(blobs.lastName()).rejects.toMatchObject({
    code: 'setting-missing',
    message: expect.stringContaining('AUDIT_STORAGE__blobServiceUri'),
  });
});
