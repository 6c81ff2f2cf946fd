import { execFileSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startAzurite } from '../local/azurite';
import type { InvocationRequest } from '../local/worker/messages';
import { startWorker } from '../local/worker-process';
import { type Bench, type Measure, raced, rounds } from './bench';

const anyPorts = { blob: 0, queue: 0, table: 0 };
const root = resolve(__dirname, '..', '..');
const workerPath = join(root, 'dist', 'local', 'worker', 'main.js');
const example: { readonly Values: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(root, 'local.settings.json.example'), 'utf8'),
);
const env: Readonly<Record<string, string>> = {
  ...example.Values,
  AUDIT_CONFIG: join(root, 'audit.config.example.json'),
};

interface Package {
  readonly folder: string;
  readonly main: string;
}

/** What a start of an instance costs, and what is deployed: the bundle beside the build that it is made from. */
export const coldStart: Bench = {
  about: 'a fresh process from its start to all functions registered, and to the first answer: bundle against build',
  run: async (tell) => {
    execFileSync(process.execPath, [join(root, 'scripts', 'bundle.js')]);
    const bundle = packageIn(join(root, 'dist', 'deploy'));
    const build = packageIn(root);
    // Both are in the disk's cache then; the first read of a file costs on Azure what it costs there.
    await msToRegistered(bundle);
    await msToRegistered(build);
    const registered = await race(
      () => msToRegistered(bundle),
      () => msToRegistered(build),
    );
    tell('registered');
    const azurite = await startAzurite(mkdtempSync(join(tmpdir(), 'bench-cold-start-')), anyPorts);
    const { connectionString } = azurite;
    const answered = await race(
      () => msToAnswer(bundle, connectionString),
      () => msToAnswer(build, connectionString),
    ).finally(azurite.stop);
    return [
      raced('process start → all functions registered', 'ms', {
        peer: 'unbundled build',
        pairs: registered,
        goal: { atMost: 0.35 },
      }),
      raced('process start → first answer (GET customers, from storage)', 'ms', {
        peer: 'unbundled build',
        pairs: answered,
      }),
      sizeOfPackage(bundle.folder),
    ];
  },
};

interface Pair {
  readonly own: number;
  readonly peer: number;
}

async function race(own: () => Promise<number>, peer: () => Promise<number>): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  // Twice as many as usual: a start is short, and what else the machine does is much beside it.
  for (let round = 0; round < 2 * rounds; round++) pairs.push({ own: await own(), peer: await peer() });
  return pairs;
}

function packageIn(folder: string): Package {
  return { folder, main: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).main };
}

async function msToRegistered({ folder, main }: Package): Promise<number> {
  const startedMs = performance.now();
  const worker = await startWorker({ appFolder: folder, main, workerPath, env: { ...env } }, () => {});
  const tookMs = performance.now() - startedMs;
  if (worker.functions.length < 15) throw new Error(`Only ${worker.functions.length} functions were registered.`);
  worker.kill();
  await worker.ended;
  return tookMs;
}

/** With what the first request of all needs: the app, its configuration, the storage SDK and its tables. */
async function msToAnswer({ folder, main }: Package, connectionString: string): Promise<number> {
  const startedMs = performance.now();
  const settings = { ...env, AzureWebJobsStorage: connectionString };
  const worker = await startWorker({ appFolder: folder, main, workerPath, env: settings }, () => {});
  const bindings = worker.functions.find(({ name }) => name === 'customers')?.bindings ?? {};
  const trigger = Object.keys(bindings).find((name) => bindings[name]?.type === 'httpTrigger') ?? '';
  const { returnValue } = await worker.invoke(getRequest(trigger));
  const tookMs = performance.now() - startedMs;
  worker.kill();
  await worker.ended;
  const status = returnValue?.http !== undefined && 'statusCode' in returnValue.http ? returnValue.http.statusCode : '';
  if (status !== '200') throw new Error(`The first answer was a ${status}.`);
  return tookMs;
}

function getRequest(trigger: string): InvocationRequest {
  const http = {
    url: 'http://127.0.0.1/api/customers',
    method: 'GET',
    nullableHeaders: {},
    nullableQuery: {},
    nullableParams: {},
  };
  return {
    invocationId: 'bench',
    functionId: 'customers',
    inputData: [{ name: trigger, data: { http } }],
    triggerMetadata: {},
    traceContext: { traceParent: '', traceState: '' },
  };
}

/** Of what is deployed: the bundle's folder, against the build with every package that it needs at run time. */
function sizeOfPackage(bundleFolder: string): Measure {
  const lock: Lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const needed = Object.keys(lock.packages).filter((path) => path !== '' && lock.packages[path]?.dev !== true);
  const folders = needed.map((path) => join(root, path)).filter((path) => existsSync(path));
  const packages = folders.reduce((sum, folder) => sum + mibIn(folder, '**/node_modules/**'), 0);
  const build = mibIn(join(root, 'dist', 'src'), '**/*.map') + mibIn(join(root, 'dist', 'dashboard'), '');
  return raced('size of the deployed package, unpacked', 'MiB', {
    peer: 'unbundled build and its packages',
    pairs: [{ own: mibIn(bundleFolder, ''), peer: build + packages }],
  });
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

function mibIn(folder: string, except: string): number {
  const stats = globSync('**', { cwd: folder, exclude: except === '' ? [] : [except] }).map((path) =>
    statSync(join(folder, path)),
  );
  return stats.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0) / 2 ** 20;
}
