import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFunctionKey } from '../../local/function-key';
import { readHostJson } from '../../local/host-json';
import { readSettings } from '../../local/settings';
import { findConnection } from '../../local/storage-connection';

function aFolder(files: Readonly<Record<string, unknown>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-settings-'));
  for (const [name, value] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return folder;
}

test('the environment wins over local.settings.json, and the environment is Development', () => {
  const values = { BOTH: 'file', FILE: 'file', AZURE_FUNCTIONS_ENVIRONMENT: 'Production' };
  const folder = aFolder({ 'local.settings.json': { IsEncrypted: false, Values: values } });
  expect(readSettings(folder, { BOTH: 'env', ENV: 'env', GONE: undefined })).toEqual({
    BOTH: 'env',
    FILE: 'file',
    ENV: 'env',
    AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  });
});

test('local.settings.json may be missing', () => {
  expect(readSettings(aFolder(), {})).toEqual({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development' });
});

test.each([
  ['is no JSON', '{ "Values": { "KEY": secret-value } }', 'config-unreadable'],
  ['is encrypted', { IsEncrypted: true, Values: { KEY: 'secret-value' } }, 'config-invalid'],
  ['holds objects', { Values: { KEY: { a: 'secret-value' } } }, 'config-invalid'],
])('local.settings.json that %s is refused, and none of its keys is in the error', (_, file, code) => {
  const read = (): unknown => readSettings(aFolder({ 'local.settings.json': file }), {});
  expect(read).toThrow(expect.objectContaining({ code, message: expect.not.stringContaining('secret-value') }));
});

test('host.json has the defaults of the platform', () => {
  expect(readHostJson(aFolder({ 'host.json': { version: '2.0' } }))).toEqual({
    routePrefix: 'api',
    functionTimeoutMs: 1_800_000,
    logLevel: 'information',
    queues: {
      batchSize: 16,
      newBatchThreshold: 8,
      maxDequeueCount: 5,
      visibilityTimeoutMs: 0,
      maxPollingIntervalMs: 60_000,
      messageEncoding: 'base64',
    },
  });
});

test.each([
  ['00:10:00', 600_000],
  ['1.02:03:04.500', 93_784_500],
  ['-1', null],
])('a functionTimeout of %s is %d ms', (functionTimeout, ms) => {
  expect(readHostJson(aFolder({ 'host.json': { version: '2.0', functionTimeout } })).functionTimeoutMs).toBe(ms);
});

test.each([
  [undefined, 'config-unreadable', /^There is no .*host\.json: start the host in the folder of a functions app\.$/],
  [{ version: '1.0' }, 'config-invalid', /version/],
  [{ version: '2.0', extensions: { queues: { batchSize: 33 } } }, 'config-invalid', /extensions\.queues\.batchSize/],
  [{ version: '2.0', extensions: { queues: { visibilityTimeout: 30 } } }, 'config-invalid', /visibilityTimeout/],
])('host.json %j is refused with %s', (file, code, message) => {
  const read = (): unknown => readHostJson(aFolder(file ? { 'host.json': file } : {}));
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
});

test.each([
  ['the prefixed setting first', { AzureWebJobsX: 'prefixed', X: 'plain' }, { connectionString: 'prefixed' }],
  ['the plain one else', { X: 'plain' }, { connectionString: 'plain' }],
  [
    'an account by name',
    { X__accountName: 'acc' },
    { serviceUri: 'https://acc.queue.core.windows.net', credential: expect.anything() },
  ],
  [
    'a service by address',
    { AzureWebJobsX__queueServiceUri: 'https://q', AzureWebJobsX__accountName: 'acc' },
    { serviceUri: 'https://q', credential: expect.anything() },
  ],
])('a connection is %s', (_, settings, connection) => {
  expect(findConnection('X', 'queue', settings as Record<string, string>)).toEqual(connection);
});

test('a function key is made once, kept for its owner only, and a given one comes first', () => {
  const path = join(aFolder(), 'deeper', 'function-key');
  const made = readFunctionKey(undefined, path);
  expect(made).toEqual({ key: expect.stringMatching(/^[\w-]{32}$/), isNew: true });
  expect(readFunctionKey(undefined, path)).toEqual({ key: made.key, isNew: false });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFunctionKey('given', path)).toEqual({ key: 'given', isNew: false });
});
