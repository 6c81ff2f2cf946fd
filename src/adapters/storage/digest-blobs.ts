import { text as textOf } from 'node:stream/consumers';
import { isDigestName } from '../../audit/proof/digest';
import type { DigestBlobs, StoredDigest } from '../../audit/proof/digest-store';
import { AuditorError } from '../../auditor-error';
import { storageAsker } from './storage-asker';
import type { StorageAccess } from './storage-connection';
import { answerOf } from './storage-error';
import { storageTries } from './storage-retries';

type ContainerClient = Awaited<ReturnType<typeof connect>>;

/** How many blobs are read at once, and kept in memory until they are looked at. */
const readAtOnce = 16;

/**
 * A container of digests; the SDK is loaded at the first call. Nothing here writes over a blob or deletes one, so it
 * works in a container that an immutability policy protects. Blobs of other names are passed over.
 */
export function openDigestBlobs(access: StorageAccess, container: string): DigestBlobs {
  const ask = storageAsker({
    access,
    shown: `the container ${container}`,
    role: 'Storage Blob Data Contributor',
    connect: () => connect(access, container),
  });

  const read = (name: string): Promise<string | null> =>
    ask('read', async (client) => {
      try {
        const { readableStreamBody } = await client.getBlobClient(name).download();
        return readableStreamBody === undefined ? '' : await textOf(readableStreamBody);
      } catch (error) {
        const { statusCode, code } = answerOf(error);
        if (statusCode === 404 && code !== 'ContainerNotFound') return null;
        throw error;
      }
    });

  async function* names(): AsyncGenerator<readonly string[]> {
    let continuationToken: string | undefined;
    do {
      const page = await ask('list', (client) => nextPage(client, continuationToken));
      yield page.names.filter(isDigestName);
      continuationToken = page.continuationToken;
    } while (continuationToken);
  }

  return {
    container,
    prepare: () =>
      ask('make', async (client) => {
        await client.createIfNotExists();
      }),

    insert: ({ name, text }) =>
      ask('write to', async (client) => {
        const bytes = Buffer.from(text);
        try {
          await client.getBlockBlobClient(name).upload(bytes, bytes.length, {
            // Of two that write at once the second is refused: the next digest has one predecessor.
            conditions: { ifNoneMatch: '*' },
            blobHTTPHeaders: { blobContentType: 'application/json' },
          });
          return true;
        } catch (error) {
          const { statusCode, code } = answerOf(error);
          if (statusCode !== 412 && !(statusCode === 409 && code === 'BlobAlreadyExists')) throw error;
          // The SDK asks again where an answer was lost, and then meets its own blob.
          return (await read(name)) === text;
        }
      }),

    read,

    async *readAll() {
      for await (const page of names()) {
        for (let start = 0; start < page.length; start += readAtOnce) {
          const some = page.slice(start, start + readAtOnce);
          yield* await Promise.all(some.map((name) => readNamed(name, read)));
        }
      }
    },

    isImmutable: () =>
      ask('read', async (client) => {
        const { hasImmutabilityPolicy, hasLegalHold } = await client.getProperties();
        return hasImmutabilityPolicy === true || hasLegalHold === true;
      }),

    async lastName() {
      let last: string | null = null;
      for await (const page of names()) last = page.at(-1) ?? last;
      return last;
    },
  };
}

/** A blob that was taken away between list and reading has no text, which is no digest. */
async function readNamed(name: string, read: DigestBlobs['read']): Promise<StoredDigest> {
  return { name, text: (await read(name)) ?? '' };
}

async function nextPage(client: ContainerClient, continuationToken: string | undefined) {
  const pages = client.listBlobsFlat({ prefix: 'digest-' }).byPage(continuationToken ? { continuationToken } : {});
  for await (const { segment, continuationToken: next } of pages) {
    return { names: segment.blobItems.map(({ name }) => name), continuationToken: next };
  }
  return { names: [], continuationToken: undefined };
}

async function connect({ connection, credential }: StorageAccess, container: string) {
  const { ContainerClient: Client } = await import('@azure/storage-blob');
  const options = { retryOptions: storageTries };
  switch (connection.kind) {
    case 'connection-string':
      return new Client(connection.connectionString, container, options);
    case 'identity':
      if (connection.blobServiceUri === null) throw noBlobService(connection.settingName);
      return new Client(`${connection.blobServiceUri}/${container}`, credential(), options);
    default:
      return connection satisfies never;
  }
}

function noBlobService(settingName: string): AuditorError {
  return new AuditorError(
    'setting-missing',
    `Cannot keep signed digests: ${settingName}__blobServiceUri is not set. Set it beside the addresses of the table and queue services, or ${settingName}__accountName alone.`,
  );
}
