import { RestError } from '@azure/data-tables';
import { CredentialUnavailableError } from '@azure/identity';
import { answerOf, type StorageParty, toStorageError } from '../../../src/adapters/storage/storage-error';
import { AuditorError } from '../../../src/auditor-error';
import { aReportDraft, someEvidence } from '../../audit/a-report-draft';
import { azuriteConnectionString, connectionStringAt } from '../../azurite';
import { azuriteStorage, storageAt } from './azurite-storage';
import { type Fate, startStorageProxy } from './storage-proxy';

const url = 'https://contoso.table.core.windows.net';
const byIdentity: StorageParty = { url, settingName: 'AUDIT_STORAGE', role: 'Storage Table Data Contributor' };
const byKey: StorageParty = { ...byIdentity, role: null };

test.each<[string, Error, StorageParty, string, string]>([
  [
    'a missing role is named',
    new RestError('no', { statusCode: 403, code: 'AuthorizationPermissionMismatch' }),
    byIdentity,
    'storage-refused',
    `Cannot read the table audits: the storage account at ${url} refused the identity (403, AuthorizationPermissionMismatch). Give it Storage Table Data Contributor, and check that the account allows this network.`,
  ],
  [
    'a wrong key is told by the name of its setting',
    new RestError('no', { statusCode: 403 }),
    byKey,
    'storage-refused',
    `Cannot read the table audits: the storage account at ${url} refused the key in AUDIT_STORAGE (403). Check the key, and that the account allows shared keys and this network.`,
  ],
  [
    'a missing identity is told apart from a refused one',
    new CredentialUnavailableError('tried everything'),
    byIdentity,
    'storage-refused',
    `Cannot read the table audits: there is no identity to show to ${url}. Give the app a managed identity (AUDIT_STORAGE__clientId names a user-assigned one), or sign in with "az login".`,
  ],
  [
    'a service that cannot be reached is unavailable',
    new RestError('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }),
    byIdentity,
    'storage-unavailable',
    `Cannot read the table audits: the storage account at ${url} did not answer (ENOTFOUND). Check that it is up, and the address in AUDIT_STORAGE.`,
  ],
  [
    'a busy service is unavailable',
    new RestError('slow down', { statusCode: 503, code: 'ServerBusy' }),
    byIdentity,
    'storage-unavailable',
    `Cannot read the table audits: the storage account at ${url} answered 503 (ServerBusy). Check that it is up, and the address in AUDIT_STORAGE.`,
  ],
  [
    'a missing table is made at the next start',
    new RestError('not there', { statusCode: 404, code: 'TableNotFound' }),
    byIdentity,
    'storage-unavailable',
    `Cannot read the table audits: the storage account at ${url} answered 404 (TableNotFound). It is made when the app starts: restart it.`,
  ],
])('%s', (_, error, party, code, message) => {
  const told = toStorageError(error, 'read the table audits', party);
  expect(told).toEqual(new AuditorError('storage-unavailable', message));
  expect(told).toMatchObject({ code, cause: error });
});

test("what is not the service's trouble stays as it is", () => {
  const mistake = new TypeError('x is not a function');
  expect(toStorageError(mistake, 'read', byKey)).toBe(mistake);
  expect(answerOf(mistake).answered).toBe(true);
});

test.each<[Fate, string]>([
  [403, 'storage-refused'],
  [501, 'storage-unavailable'],
])('every port says so when the account answers %s', async (fate, code) => {
  const straight = await azuriteConnectionString();
  const own = await azuriteStorage();
  const proxy = await startStorageProxy(/TableEndpoint=([^;]+)\/devstoreaccount1/.exec(straight)?.[1] ?? '');
  proxy.decide = () => fate;
  const { history, limits, open, charges, jobs, prepare } = storageAt(
    connectionStringAt({ table: proxy.url, queue: proxy.url }),
    own,
  );
  const calls: (() => Promise<unknown>)[] = [
    () => prepare(),
    () => history.readHead('contoso'),
    () => history.list('contoso', { top: 1 }),
    () => history.commit(aReportDraft(), someEvidence(), { attempt: 1, nowMs: 0 }),
    () => limits.readAll(),
    () => open.release('contoso', 'access', 'a'),
    () => charges.record('contoso', { atMs: 0, tokens: 1 }),
    () => jobs.send({ customerId: 'contoso', audits: [] }),
  ];
  const outcomes = await Promise.allSettled(calls.map((call) => call()));
  await proxy.close();
  const codes = outcomes.map((outcome) =>
    outcome.status === 'rejected' ? (outcome.reason as AuditorError).code : 'ok',
  );
  expect(codes).toEqual(calls.map(() => code));
  const messages = outcomes.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason.message) : ''));
  expect(messages.filter((message) => !message.includes(proxy.url))).toEqual([]);
  expect(messages.filter((message) => message.includes('Eby8vd'))).toEqual([]);
});

test('a table that nobody made is told apart from a row that is not there', async () => {
  const own = await azuriteStorage();
  const unprepared = storageAt(own.connectionString, {
    tablePrefix: `${own.tablePrefix}no`,
    queueName: 'no-such-queue',
  });
  for (const call of [
    () => unprepared.history.readHead('contoso'),
    () => unprepared.limits.readAll(),
    () => unprepared.charges.record('contoso', { atMs: 0, tokens: 1 }),
    () => unprepared.jobs.send({ customerId: 'contoso', audits: [] }),
  ]) {
    await expect(call()).rejects.toMatchObject({
      code: 'storage-unavailable',
      message: expect.stringContaining('It is made when the app starts'),
    });
  }
});
