import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import {
  BlobSASPermissions,
  BlobServiceClient,
  type ContainerClient,
  generateBlobSASQueryParameters,
  type StorageSharedKeyCredential,
} from '@azure/storage-blob';
import { Agent } from 'undici';
import { openConfigAddress } from '../../../src/adapters/config/config-address';
import { openConfigSource } from '../../../src/adapters/config/config-source';
import { AuditorError } from '../../../src/auditor-error';
import { azuriteConnectionString, uniquePrefix } from '../../azurite';
import { aToken, testClientId } from '../a-token';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../local-server';

const noToken = () => Promise.reject(new Error('This test expects that nobody asks for a token.'));
const noProxies = {};
const fixtures = join(__dirname, '..', '..', 'fixtures');

let server: LocalServer;
let answer: (request: ReceivedRequest) => Answer = () => ({});
beforeAll(async () => {
  server = await startServer(
    (request) => answer(request),
    (listener) =>
      createServer(
        {
          key: readFileSync(join(fixtures, 'test-only-key.pem')),
          cert: readFileSync(join(fixtures, 'test-only-certificate.pem')),
        },
        listener,
      ),
  );
});
afterAll(() => server.close());

/** Every host is this machine; what is asked, and with which credentials, is as it would be in Azure. */
const everyHostIsHere = new Agent({
  connect: {
    rejectUnauthorized: false,
    lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
  },
});
afterAll(() => everyHostIsHere.close());

function at(location: string, tokenOf: (scope: string) => Promise<string> = noToken) {
  const here = location.replace('PORT', `${server.port}`);
  return openConfigAddress(here, { tokenOf, proxies: noProxies, dispatcher: everyHostIsHere });
}

async function messageOf(reading: Promise<unknown>): Promise<string> {
  const error = await reading.catch((thrown: unknown) => thrown);
  if (error instanceof AuditorError && error.code === 'config-unreadable') return error.message;
  throw new Error(`Not refused: ${String(error)}`);
}

describe('a blob in Azurite, with a signature in the address', () => {
  let container: ContainerClient;
  let address: string;
  beforeAll(async () => {
    const connectionString = await azuriteConnectionString();
    container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniquePrefix());
    await container.create();
    const credential = container.credential as StorageSharedKeyCredential;
    const signature = generateBlobSASQueryParameters(
      {
        containerName: container.containerName,
        permissions: BlobSASPermissions.parse('r'),
        expiresOn: new Date(Date.now() + 3_600_000),
      },
      credential,
    );
    address = `${container.getBlobClient('audit.config.json').url}?${signature}`;
  });
  const write = (text: string) =>
    container.getBlockBlobClient('audit.config.json').upload(text, Buffer.byteLength(text));

  test('is read whole at first, and afterwards only where it has changed', async () => {
    await write('\uFEFF{ "gateways": [] }');
    const source = openConfigSource(address, { tokenOf: noToken, proxies: noProxies });
    const first = await source.read(null);
    expect(first).toEqual({ text: '{ "gateways": [] }', version: expect.stringMatching(/^"0x/) });
    expect(await source.read(first?.version ?? null)).toBeNull();
    await write('{}');
    expect(await source.read(first?.version ?? null)).toMatchObject({ text: '{}' });
  });

  test('that is missing, or whose signature is wrong, is told without the signature', async () => {
    const name = address.split('?')[0] ?? '';
    const messages = await Promise.all(
      [address.replace('audit.config', 'missing'), address.replace(/sig=[^&]*/, 'sig=c2VjcmV0')].map((location) =>
        messageOf(openConfigSource(location, { tokenOf: noToken, proxies: noProxies }).read(null)),
      ),
    );
    expect(messages).toEqual([
      `Cannot read the configuration ${name.replace('audit.config', 'missing')}: there is nothing at that address (404, BlobNotFound).`,
      `Cannot read the configuration ${name}: it refused the signature in the address (403, AuthorizationFailure); is it over, or does it lack the permission to read.`,
    ]);
  });
});

describe("a blob in Azure, as the app's identity", () => {
  const location = 'https://contoso.blob.core.windows.net:PORT/config/audit.json';

  test('is asked for with a token for storage and the version that is known', async () => {
    answer = ({ headers }) => (headers['if-none-match'] === '"1"' ? { status: 304 } : { headers: { etag: '"1"' } });
    const scopes: string[] = [];
    const source = at(location, async (scope) => {
      scopes.push(scope);
      return aToken();
    });
    const before = server.requests.length;
    expect([await source.read(null), await source.read('"1"')]).toEqual([{ text: '{}', version: '"1"' }, null]);
    expect(scopes).toEqual(Array(2).fill('https://storage.azure.com/.default'));
    expect(
      server.requests
        .slice(before)
        .map(({ headers }) => [headers.authorization, headers['x-ms-version'], headers['if-none-match']]),
    ).toEqual([
      [`Bearer ${aToken()}`, '2024-11-04', undefined],
      [`Bearer ${aToken()}`, '2024-11-04', '"1"'],
    ]);
  });

  test('which lacks the role is told which role, for whom and where', async () => {
    answer = () => ({ status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } });
    const source = at(location, async () => aToken());
    expect(await messageOf(source.read(null))).toBe(
      `Cannot read the configuration https://contoso.blob.core.windows.net:${server.port}/config/audit.json: it refused the identity with the client id ${testClientId} (403, AuthorizationPermissionMismatch); give it the role Storage Blob Data Reader on the container, and check that the account allows this network.`,
    );
  });
});

describe('any other address', () => {
  test('gets no token, and its text is its version where it tells none', async () => {
    answer = () => ({ body: '{ }' });
    const source = at('https://config.contoso.com:PORT/audit.json?team=a');
    const first = await source.read(null);
    expect(first).toEqual({ text: '{ }', version: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await source.read(first?.version ?? null)).toBeNull();
    expect(server.requests.at(-1)).toMatchObject({ url: '/audit.json?team=a' });
    expect(server.requests.at(-1)?.headers.authorization).toBeUndefined();
  });

  test.each<[string, Answer, string]>([
    [
      'credentials',
      { status: 401 },
      'it asks for credentials (401), and none are sent to an address that is no Azure blob',
    ],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://evil.example/' } },
      'it answers with a redirect (302), which is not followed',
    ],
    ['trouble', { status: 500 }, 'it answered 500'],
    ['too much', { body: 'x'.repeat(4 * 1024 * 1024 + 1) }, 'it is larger than 4 MiB'],
  ])('that answers with %s is told without its query', async (_, answered, reason) => {
    answer = () => answered;
    expect(await messageOf(at('https://config.contoso.com:PORT/audit.json?key=secret').read(null))).toBe(
      `Cannot read the configuration https://config.contoso.com:${server.port}/audit.json: ${reason}.`,
    );
  });

  test('that nobody answers at is told', async () => {
    const closed = await startServer(() => ({}));
    await closed.close();
    const location = `http://127.0.0.1:${closed.port}/audit.json?key=secret`;
    const source = openConfigAddress(location, { tokenOf: noToken, proxies: noProxies });
    expect(await messageOf(source.read(null))).toBe(
      `Cannot read the configuration http://127.0.0.1:${closed.port}/audit.json: no answer came (ECONNREFUSED); is the address right.`,
    );
  });

  test.each([
    ['http://config.contoso.com/audit.json?sig=secret', 'it would travel without TLS; write https'],
    [
      'https://me:secret@config.contoso.com/audit.json',
      'a name or a password stands in it; use a signature (SAS) or the identity instead',
    ],
  ])('is refused before anything is sent: %s', (location, reason) => {
    expect(() => openConfigSource(location, { tokenOf: noToken, proxies: noProxies })).toThrow(
      `Cannot read the configuration ${location.includes('me:') ? 'https' : 'http'}://config.contoso.com/audit.json: ${reason}.`,
    );
  });
});
