import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type FunctionsHost, startHost } from '../../local/functions-host';
import type { LogEntry } from '../../local/log';
import { azuriteConnectionString } from '../azurite';
import { buildApp } from '../local/built-app';
import { buildWorker } from '../local/worker-build';

jest.setTimeout(60_000);

const root = resolve(__dirname, '../..');
const key = 'the-key';
const example: { readonly Values: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, 'local.settings.json.example'), 'utf8'),
);

/** Out of reach of the clone's node_modules: what the bundle does not hold is not there. */
const bundle = mkdtempSync(join(tmpdir(), 'bundle-'));
const workerPath = buildWorker();
const entries: LogEntry[] = [];
let deployed: FunctionsHost;

async function runApp(folder: string): Promise<FunctionsHost> {
  const connection = await azuriteConnectionString();
  return startHost({
    folder,
    settings: {
      ...example.Values,
      AzureWebJobsStorage: connection,
      AUDIT_CONFIG: join(root, 'audit.config.example.json'),
      // No job of another test is to be run here, nor one made.
      'AzureWebJobs.audit-worker.Disabled': 'true',
      'AzureWebJobs.dispatch.Disabled': 'true',
    },
    port: 0,
    functionKey: key,
    messageLeaseMs: 600_000,
    log: (entry) => entries.push(entry),
    workerPath,
  });
}

/** Without the functions that only match addresses and times: what they were made from stands beside them. */
function registeredBy({ index }: FunctionsHost): unknown {
  return JSON.parse(JSON.stringify(index));
}

function get(path: string): Promise<Response> {
  return fetch(`${deployed.baseUrl}/${path}`, { headers: { 'x-functions-key': key } });
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'scripts/bundle.js'), bundle]);
  deployed = await runApp(bundle);
});
afterAll(() => deployed.stop(0));

test('the deployed package registers the same functions as the source', async () => {
  const source = await runApp(buildApp());
  await source.stop(0);
  expect(registeredBy(deployed)).toEqual(registeredBy(source));
  expect(deployed.index.functions.length).toBeGreaterThan(15);
});

test('it is host.json, package.json, the code, the page and the licences, and needs no other package', () => {
  const files = globSync('**/*.*', { cwd: bundle }).map((path) =>
    path.replaceAll('\\', '/').replace(/^dist\/[^/]+\.[cm]js$/, 'dist/<code>'),
  );
  expect([...new Set(files)].sort()).toEqual([
    'THIRD-PARTY-LICENSES.txt',
    'dist/<code>',
    'dist/dashboard/icon.svg',
    'dist/dashboard/index.html',
    'dist/dashboard/main.js',
    'dist/dashboard/style.css',
    'host.json',
    'package.json',
  ]);
  expect(JSON.parse(readFileSync(join(bundle, 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
});

test('requests are answered: from storage, with files of the page, with the version of the package', async () => {
  const customers = await get('customers');
  expect([customers.status, ((await customers.json()) as { customers: unknown[] }).customers.length > 0]).toEqual([
    200,
    true,
  ]);
  const page = await get('dashboard/main.js');
  expect([page.status, await page.text()]).toEqual([200, readFileSync(join(bundle, 'dist/dashboard/main.js'), 'utf8')]);
  const metrics = await get('metrics');
  expect([metrics.status, await metrics.text()]).toEqual([200, expect.stringContaining('# TYPE ')]);
  const { info } = (await (await get('openapi.json')).json()) as { info: { version: string } };
  expect(info.version).toBe(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version);
  const pack = await get('customers/contoso/report');
  expect([pack.status, await pack.text()]).toEqual([200, expect.stringContaining('Audit report: contoso')]);
});

test('a start reads only what registers the functions', () => {
  const main = readFileSync(join(bundle, 'dist/main.mjs'), 'utf8');
  const read = [...main.matchAll(/\bfrom"\.\/([^"]+)"/g)].map(([, name]) => name ?? '');
  const bytes = [main, ...read.map((name) => readFileSync(join(bundle, 'dist', name), 'utf8'))].join('').length;
  expect(bytes).toBeLessThan(200_000);
});
