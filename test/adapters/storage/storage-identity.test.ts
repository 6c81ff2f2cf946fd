import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openStorage } from '../../../src/adapters/storage/open-storage';
import { storageConnectionOf } from '../../../src/adapters/storage/storage-connection';
import { uniquePrefix } from '../../azurite';
import { aToken } from '../a-token';
import { type Answer, type LocalServer, startServer } from '../local-server';

/*
 * Storage as an identity, as on Azure: settings without a key, the managed identity's endpoint of a function app, the
 * real @azure/identity, and an Azurite of this file's own that listens with TLS and takes tokens (`--oauth basic`: it
 * checks their shape, times, issuer and audience, but not who signed them).
 */
const fixtures = join(__dirname, '..', '..', 'fixtures');
const certificate = join(fixtures, 'test-only-certificate.pem');
const environment = { ...process.env };
const usualAuthorities = getCACertificates('default');
let folder: string;
let azurite: ChildProcess;
let addresses: readonly string[];
let identity: LocalServer;
let answer: Answer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-audit-identity-'));
  azurite = spawn(
    process.execPath,
    [
      ...['--require', join(__dirname, '..', '..', 'azurite-leaves-with-jest.js')],
      require.resolve('azurite/dist/src/azurite.js'),
      ...['--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      ...['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'],
      ...['--oauth', 'basic', '--cert', certificate, '--key', join(fixtures, 'test-only-key.pem')],
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
  );
  addresses = await addressesIn(azurite);
  identity = await startServer(() => answer);
  process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${identity.port}/token`;
  process.env.IDENTITY_HEADER = 'header-of-the-platform';
  setDefaultCACertificates([...usualAuthorities, readFileSync(certificate, 'utf8')]);
}, 30_000);

afterAll(async () => {
  setDefaultCACertificates(usualAuthorities);
  process.env = environment;
  await identity.close();
  azurite.kill('SIGKILL');
  await once(azurite, 'exit');
  rmSync(folder, { recursive: true, force: true });
});

/** Where the blob, queue and table services listen; the certificate is for localhost. */
function addressesIn(child: ChildProcess): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.once('exit', () => reject(new Error(`Azurite does not listen. It said:\n${printed}`)));
    child.stdout?.on('data', (part) => {
      printed += String(part);
      const ports = ['Blob', 'Queue', 'Table'].map(
        (service) =>
          new RegExp(`Azurite ${service} service is successfully listening at https://[^:]+:(\\d+)`).exec(printed)?.[1],
      );
      if (!ports.includes(undefined)) resolve(ports.map((port) => `https://localhost:${port}/devstoreaccount1`));
    });
  });
}

/** The library keeps tokens by client id for as long as the process lives: each test is an identity of its own. */
function storageAs(clientId: string) {
  const [, queue = '', table = ''] = addresses;
  const connection = storageConnectionOf({
    AUDIT_STORAGE__tableServiceUri: table,
    AUDIT_STORAGE__queueServiceUri: queue,
    AUDIT_STORAGE__credential: 'managedidentity',
    AUDIT_STORAGE__clientId: clientId,
  });
  return openStorage(connection, { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` });
}

function tokenAnswer(token: string): Answer {
  return {
    body: {
      access_token: token,
      expires_on: '4102444800',
      resource: 'https://storage.azure.com',
      token_type: 'Bearer',
    },
  };
}

test('tables and queues are made, written and read with tokens of the identity that the settings name', async () => {
  const clientId = randomUUID();
  answer = tokenAnswer(aToken({ appid: clientId }));
  const storage = storageAs(clientId);
  await storage.prepare();
  await storage.jobs.send({ customerId: 'contoso', audits: [] });
  await storage.open.claim({
    customerId: 'contoso',
    check: 'access',
    auditId: '0192f0c1-0000-7000-8000-000000000000',
    state: 'queued',
    sinceMs: 0,
  });
  expect((await storage.open.readAll()).map(({ customerId, check }) => [customerId, check])).toEqual([
    ['contoso', 'access'],
  ]);
  const asked = identity.requests.map(({ url, headers }) => {
    const { searchParams } = new URL(url, 'http://x');
    return [searchParams.get('resource'), searchParams.get('client_id'), headers['x-identity-header']];
  });
  expect(asked).toEqual([['https://storage.azure.com', clientId, 'header-of-the-platform']]);
});

test('an identity that storage refuses is named, with the role that it lacks', async () => {
  const clientId = randomUUID();
  answer = tokenAnswer(aToken({ appid: clientId, aud: 'https://vault.azure.net' }));
  await expect(storageAs(clientId).open.readAll()).rejects.toMatchObject({
    code: 'storage-refused',
    message: expect.stringMatching(
      new RegExp(
        `^Cannot read the table \\w+open: the storage account at https://localhost:\\d+/devstoreaccount1 refused the identity with the client id ${clientId} \\(403\\)\\. Give it Storage Table Data Contributor, and check that the account allows this network\\.$`,
      ),
    ),
  });
});

test('where the platform has no such identity, what to do is said', async () => {
  answer = { status: 400, body: { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found.' } };
  await expect(storageAs(randomUUID()).open.readAll()).rejects.toMatchObject({
    code: 'storage-refused',
    message: expect.stringContaining(
      'Give the app a managed identity (AUDIT_STORAGE__clientId names a user-assigned one)',
    ),
  });
});
