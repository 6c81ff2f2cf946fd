import { accessTo, storageConnectionOf, storageNameOf } from '../../../src/adapters/storage/storage-connection';
import type { AuditorError } from '../../../src/auditor-error';

const key = 'DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';

test.each<[string, Record<string, string | undefined>, string]>([
  ['AUDIT_STORAGE, where it is set', { AUDIT_STORAGE: key, AzureWebJobsStorage: key }, 'AUDIT_STORAGE'],
  ['AUDIT_STORAGE, where it names an account', { AUDIT_STORAGE__accountName: 'contoso' }, 'AUDIT_STORAGE'],
  ['AUDIT_STORAGE, where it names a service', { AUDIT_STORAGE__tableServiceUri: 'https://t' }, 'AUDIT_STORAGE'],
  ['AzureWebJobsStorage, where it is blank', { AUDIT_STORAGE: ' ' }, 'AzureWebJobsStorage'],
  ['AzureWebJobsStorage, where nothing is set', {}, 'AzureWebJobsStorage'],
])('the connection is %s', (_, settings, name) => {
  expect(storageNameOf(settings)).toBe(name);
});

test.each<[string, Record<string, string | undefined>, ReturnType<typeof storageConnectionOf>]>([
  [
    'a connection string',
    { AzureWebJobsStorage: key },
    { kind: 'connection-string', settingName: 'AzureWebJobsStorage', connectionString: key },
  ],
  [
    'a connection string without a protocol',
    { AUDIT_STORAGE: 'AccountName=a;AccountKey=b' },
    {
      kind: 'connection-string',
      settingName: 'AUDIT_STORAGE',
      connectionString: 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b',
    },
  ],
  [
    'the local emulator',
    { AUDIT_STORAGE: 'UseDevelopmentStorage=true' },
    { kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString: 'UseDevelopmentStorage=true' },
  ],
  [
    'an account by its name',
    { AUDIT_STORAGE__accountName: 'contoso' },
    {
      kind: 'identity',
      settingName: 'AUDIT_STORAGE',
      tableServiceUri: 'https://contoso.table.core.windows.net',
      queueServiceUri: 'https://contoso.queue.core.windows.net',
      blobServiceUri: 'https://contoso.blob.core.windows.net',
    },
  ],
  [
    "an account by its services' addresses, as one identity of several",
    {
      AzureWebJobsStorage__tableServiceUri: 'https://contoso.table.core.usgovcloudapi.net/',
      AzureWebJobsStorage__queueServiceUri: 'https://contoso.queue.core.usgovcloudapi.net',
      AzureWebJobsStorage__blobServiceUri: 'https://contoso.blob.core.usgovcloudapi.net/',
      AzureWebJobsStorage__clientId: '11111111-2222-3333-4444-555555555555',
    },
    {
      kind: 'identity',
      settingName: 'AzureWebJobsStorage',
      tableServiceUri: 'https://contoso.table.core.usgovcloudapi.net',
      queueServiceUri: 'https://contoso.queue.core.usgovcloudapi.net',
      blobServiceUri: 'https://contoso.blob.core.usgovcloudapi.net',
      clientId: '11111111-2222-3333-4444-555555555555',
    },
  ],
  [
    'an account without blobs, which only digests need',
    {
      AUDIT_STORAGE__tableServiceUri: 'https://contoso.table.core.windows.net',
      AUDIT_STORAGE__queueServiceUri: 'https://contoso.queue.core.windows.net',
    },
    {
      kind: 'identity',
      settingName: 'AUDIT_STORAGE',
      tableServiceUri: 'https://contoso.table.core.windows.net',
      queueServiceUri: 'https://contoso.queue.core.windows.net',
      blobServiceUri: null,
    },
  ],
])('settings can give %s', (_, settings, connection) => {
  expect(storageConnectionOf(settings)).toEqual(connection);
});

test.each<[string, Record<string, string>, string, string]>([
  ['nothing', {}, 'setting-missing', 'AzureWebJobsStorage is not set'],
  [
    'half of it',
    { AUDIT_STORAGE__tableServiceUri: 'https://contoso.table.core.windows.net' },
    'setting-missing',
    'AUDIT_STORAGE__queueServiceUri is not set',
  ],
  ['some other text', { AUDIT_STORAGE: 'AccountName=x;secret' }, 'config-invalid', 'AUDIT_STORAGE: it is no storage'],
  ['no address', { AUDIT_STORAGE__tableServiceUri: 'contoso' }, 'config-invalid', 'AUDIT_STORAGE__tableServiceUri'],
  [
    'no address of blobs',
    {
      AUDIT_STORAGE__tableServiceUri: 'https://t',
      AUDIT_STORAGE__queueServiceUri: 'https://q',
      AUDIT_STORAGE__blobServiceUri: 'x',
    },
    'config-invalid',
    'AUDIT_STORAGE__blobServiceUri',
  ],
  ['no account', { AUDIT_STORAGE__accountName: 'x/y' }, 'config-invalid', 'AUDIT_STORAGE__accountName'],
])('settings that give %s are told so, without their values', (_, settings, code, message) => {
  const error = errorOf(() => storageConnectionOf(settings));
  expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringContaining(message) });
  expect(error.message).not.toMatch(/secret|x\/y/);
});

test('all clients of a connection show one credential', () => {
  const access = accessTo(storageConnectionOf({ AUDIT_STORAGE__accountName: 'contoso' }));
  expect(access.credential()).toBe(access.credential());
});

function errorOf(call: () => unknown): AuditorError {
  try {
    call();
  } catch (error) {
    return error as AuditorError;
  }
  throw new Error('Nothing was thrown');
}
