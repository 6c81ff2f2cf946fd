import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import type { ConfigSource } from '../../src/adapters/config/config-source';
import { openConfigSource } from '../../src/adapters/config/config-source';
import { keptConfigTable } from '../../src/adapters/storage/kept-config';
import { accessTo } from '../../src/adapters/storage/storage-connection';
import { openStorageTable } from '../../src/adapters/storage/storage-table';
import { createLiveApp } from '../../src/app';
import { AuditorError } from '../../src/auditor-error';
import type { Config } from '../../src/config';
import { describeFault } from '../../src/functions/describe-fault';
import { aConfigFile } from '../a-config';
import { storageAt } from '../adapters/storage/azurite-storage';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { virtualClock } from '../virtual-clock';
import { checksOfTests } from './an-app';

/* The app over a blob in Azurite that is written while it runs, as its instances see it. */
const settings = { CONTOSO_KEY: 'contoso-demo-key', FABRIKAM_KEY: 'fabrikam-demo-key' };
const fabrikam = { id: 'fabrikam', gateway: 'main', tokensPerMinute: 100, key: { setting: 'FABRIKAM_KEY' } };
const one = aConfigFile();
const two = aConfigFile({ rest: { customers: [...customersOf(one), fabrikam] } });
const broken = aConfigFile({ customer: { gateway: 'nowhere' } });

let container: ContainerClient;
let connectionString: string;
beforeAll(async () => {
  connectionString = await azuriteConnectionString();
  container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniquePrefix());
  await container.create({ access: 'blob' });
});

function customersOf(file: object): readonly object[] {
  return (file as { customers: readonly object[] }).customers;
}

/** A blob, and as many instances of the app over it as a test starts. */
async function aBlob(content: object | string) {
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12));
  const names = { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const blob = container.getBlockBlobClient(`${uniquePrefix()}.json`);
  const write = async (text: object | string) => {
    const written = typeof text === 'string' ? text : JSON.stringify(text);
    await blob.upload(written, Buffer.byteLength(written));
  };
  await write(content);
  const counts = { reads: 0, storages: 0 };
  let isSilent = false;
  let isKeptSilent = false;
  const openConfig = (location: string): ConfigSource => {
    const source = openConfigSource(location, { tokenOf: () => Promise.reject(), proxies: {} });
    return {
      ...source,
      read: async (known) => {
        counts.reads += 1;
        if (isSilent) throw new AuditorError('config-unreadable', 'No answer.');
        return source.read(known);
      },
    };
  };
  const connection = { kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString } as const;
  const startInstance = () =>
    createLiveApp(settings, {
      configLocation: blob.url,
      parts: {
        checks: checksOfTests,
        clock,
        openConfig,
        openKeptConfig: (origin) => {
          const table = openStorageTable(accessTo(connection), `${names.tablePrefix}configuration`);
          const kept = keptConfigTable(table, origin);
          return { ...kept, read: async () => (isKeptSilent ? Promise.reject(new Error('No answer.')) : kept.read()) };
        },
        gatewayOpener: () => () => ({ send: () => Promise.reject(), close: async () => {} }),
        openStorage: () => {
          counts.storages += 1;
          return storageAt(connectionString, names);
        },
      },
    });
  return {
    write,
    counts,
    startInstance,
    silence: () => {
      isSilent = true;
    },
    silenceKept: (isIt: 'silent' | 'back') => {
      isKeptSilent = isIt === 'silent';
    },
    pass: (ms: number) => clock.sleepUntil(clock.nowMs() + ms),
  };
}

function idsOf({ config }: { readonly config: Config }): readonly string[] {
  return config.customers.map(({ id }) => id);
}

test('a customer that is added is audited within a minute, over the connections that there are', async () => {
  const { write, startInstance, pass, counts } = await aBlob(one);
  const hostApp = startInstance();
  const before = await hostApp();
  await before.planDue();
  await write(two);
  expect(idsOf(await hostApp())).toEqual(['contoso']);
  await pass(25_000);
  const after = await hostApp();
  const { claimed } = await after.planDue();
  expect([idsOf(before), idsOf(after)]).toEqual([['contoso'], ['contoso', 'fabrikam']]);
  expect([...new Set(claimed.map(({ customerId }) => customerId))]).toEqual(['fabrikam']);
  expect([await after.health(), counts]).toEqual([null, { reads: 2, storages: 1 }]);
});

test('while nothing changes the app stays the same one', async () => {
  const { startInstance, pass } = await aBlob(one);
  const hostApp = startInstance();
  const [first, beside] = await Promise.all([hostApp(), hostApp()]);
  await pass(25_000);
  expect([beside === first, (await hostApp()) === first]).toEqual([true, true]);
});

test.each<[string, object | string, RegExp]>([
  ['has a mistake', broken, /customers\[0\]\.gateway: /],
  ['is no JSON', '{ "gateways": [', /line 1, column 16/],
  ['names a key that is not set', aConfigFile({ customer: { key: { setting: 'OTHER_KEY' } } }), /OTHER_KEY/],
])('a new version that %s changes nothing but health, until it is put right', async (_, wrong, problem) => {
  const { write, startInstance, pass } = await aBlob(one);
  const hostApp = startInstance();
  await hostApp();
  await write(wrong);
  await pass(25_000);
  const troubled = await hostApp();
  const health = await troubled.health();
  expect(idsOf(troubled)).toEqual(['contoso']);
  expect(health).toEqual({ failing: 'configuration', cause: troubled.configTrouble });
  expect(describeFault(health?.cause)).toMatch(problem);
  await pass(25_000);
  expect((await (await hostApp()).health())?.failing).toBe('configuration');
  await write(two);
  await pass(25_000);
  const mended = await hostApp();
  expect([idsOf(mended), await mended.health(), mended.configTrouble]).toEqual([['contoso', 'fabrikam'], null, null]);
});

test('an instance that starts while the newest version is broken works on with the last good one', async () => {
  const { write, startInstance } = await aBlob(two);
  await startInstance()();
  await write(broken);
  const started = await startInstance()();
  expect([idsOf(started), (await started.health())?.failing]).toEqual([['contoso', 'fabrikam'], 'configuration']);
});

/* Seen in a review: it never asked for the last good one again, until somebody wrote another version. */
test('one that starts while storage is silent, too, works on once storage answers', async () => {
  const { write, startInstance, silenceKept } = await aBlob(two);
  await startInstance()();
  await write(broken);
  silenceKept('silent');
  const hostApp = startInstance();
  await expect(hostApp()).rejects.toMatchObject({ code: 'config-invalid' });
  silenceKept('back');
  expect(idsOf(await hostApp())).toEqual(['contoso', 'fabrikam']);
});

test('an instance that starts while the address is silent does so, too; health tells when it lasts', async () => {
  const { startInstance, silence, pass } = await aBlob(one);
  await startInstance()();
  silence();
  const hostApp = startInstance();
  expect(await (await hostApp()).health()).toBeNull();
  await pass(5 * 60_000);
  const later = await hostApp();
  expect([idsOf(later), (await later.health())?.failing]).toEqual([['contoso'], 'configuration']);
});

test('where there never was a good version, nothing runs, and each call says why', async () => {
  const { write, startInstance } = await aBlob(broken);
  const hostApp = startInstance();
  const refused = { code: 'config-invalid' };
  await expect(hostApp()).rejects.toMatchObject(refused);
  await expect(hostApp()).rejects.toMatchObject(refused);
  await write(one);
  expect(idsOf(await hostApp())).toEqual(['contoso']);
});
