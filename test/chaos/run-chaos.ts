import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Storage } from '../../src/audit/ports';
import type { AuditOrder, Report } from '../../src/audit/report';
import { aConfigFile } from '../a-config';
import { startStorageProxy } from '../adapters/storage-proxy';
import { chainOf } from '../audit/an-open-job';
import { azuriteConnectionString, connectionStringAt, uniquePrefix } from '../azurite';
import { type SeenProbe, startChaosGateway } from './chaos-gateway';
import { type ChaosPlace, openChaosApp } from './open-chaos-app';

const root = resolve(__dirname, '../..');
const customerIds = ['contoso', 'fabrikam', 'litware'];
const workerCount = 2;
const longestRoundMs = 1500;
/** Every so many rounds storage loses its answers for a while. */
const cutEvery = 3;
const cutMs = 400;
const drainMs = 90_000;

/** What a chaos run did and found; all but the first five are to be 0. */
export interface ChaosResult {
  readonly rounds: number;
  readonly kills: number;
  readonly audits: number;
  readonly brokenAttempts: number;
  readonly probes: number;
  /** Audits without a report, or still open. */
  readonly lost: number;
  /** Audits with two reports, and probes that stand in two. */
  readonly doubled: number;
  readonly unrecordedAttempts: number;
  /** Probes that reached the gateway and stand in no report, though no attempt of their audit broke off. */
  readonly unexplainedProbes: number;
  readonly tokensBeyondBooked: number;
  readonly tokensLeftReserved: number;
}

/** Two workers, one of them killed in each round; then what is left is worked off, and everything is counted. */
export async function runChaos(rounds: number): Promise<ChaosResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-chaos-'));
  const gateway = await startChaosGateway();
  const straight = await azuriteConnectionString();
  const endpointOf = (service: string) =>
    new RegExp(`${service}Endpoint=([^;]+)/devstoreaccount1`).exec(straight)?.[1] ?? '';
  const proxy = await startStorageProxy(endpointOf('Table'));
  const names = { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const configLocation = join(folder, 'audit.config.json');
  writeFileSync(configLocation, JSON.stringify(chaosConfig(gateway.url)));
  const place: ChaosPlace = { connectionString: straight, names, configLocation, baseMs: Date.now() };
  const proxied = connectionStringAt({ table: proxy.url, queue: endpointOf('Queue') });
  const workers = createWorkers(bundledWorker(), { ...place, connectionString: proxied });
  const { app, storage } = await openChaosApp(place);
  const orders: AuditOrder[] = [];
  try {
    await app.health();
    await workers.start();
    for (let round = 1; round <= rounds; round++) {
      orders.push(...(await app.queueAudits(allAudits(), 'http')).claimed);
      await sleep(Math.random() * longestRoundMs);
      if (round % cutEvery === 0) {
        proxy.decide = () => 'lose-answer';
        await sleep(cutMs);
        proxy.decide = () => 'pass';
      }
      workers.killOne();
    }
    const untilMs = Date.now() + drainMs;
    while ((await storage.open.readAll()).length > 0 && Date.now() < untilMs) await sleep(200);
    return { rounds, kills: rounds, ...(await countAll({ orders, storage, seen: gateway.seen })) };
  } finally {
    await workers.stop();
    await Promise.all([gateway.close(), proxy.close()]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function chaosConfig(endpoint: string): object {
  return aConfigFile({
    gateway: { endpoint },
    rest: {
      customers: customerIds.map((id) => ({
        id,
        gateway: 'main',
        tokensPerMinute: 100,
        key: { setting: 'CONTOSO_KEY' },
        maxTokensPerDay: 10_000_000,
      })),
    },
  });
}

function allAudits() {
  return customerIds.flatMap((customerId) =>
    (['limit-status', 'access'] as const).map((check) => ({ customerId, check })),
  );
}

/** The worker as one file of JavaScript that finds its packages in node_modules. */
function bundledWorker(): string {
  const folder = join(root, 'node_modules', '.cache', 'gateway-audit');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `chaos-worker-${process.pid}.js`);
  const flags = ['--bundle', '--platform=node', '--packages=external', '--log-level=error', `--outfile=${file}`];
  execFileSync(join(root, 'node_modules', '.bin', 'esbuild'), [join(__dirname, 'worker.ts'), ...flags]);
  return file;
}

function createWorkers(file: string, place: ChaosPlace) {
  let running: ChildProcess[] = [];
  const spawnOne = () =>
    spawn(process.execPath, [file], {
      env: { ...process.env, CHAOS_PLACE: JSON.stringify(place) },
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: root,
    });
  const isReady = (child: ChildProcess) => new Promise<void>((resolve) => child.stdout?.once('data', () => resolve()));
  return {
    async start() {
      running = Array.from({ length: workerCount }, spawnOne);
      await Promise.all(running.map(isReady));
    },
    killOne() {
      const at = Math.floor(Math.random() * running.length);
      running[at]?.kill('SIGKILL');
      running[at] = spawnOne();
    },
    async stop() {
      const ended = running.map((child) => new Promise((resolve) => child.once('exit', resolve)));
      for (const child of running) child.kill('SIGKILL');
      await Promise.all(ended);
      rmSync(file, { force: true });
    },
  };
}

interface ChaosFacts {
  readonly orders: readonly AuditOrder[];
  readonly storage: Storage;
  readonly seen: readonly SeenProbe[];
}

async function countAll({ orders, storage, seen }: ChaosFacts): Promise<Omit<ChaosResult, 'rounds' | 'kills'>> {
  // Throws where a chain is broken.
  const reports = (await Promise.all(customerIds.map((id) => chainOf({ storage }, id)))).flat();
  const marks = (await Promise.all(reports.map((report) => marksOf(report, storage)))).flat();
  const stored = new Set(marks);
  const open = new Set((await storage.open.readAll()).map(({ auditId }) => auditId));
  const pointers = await Promise.all(
    orders.map(({ customerId, auditId }) => storage.history.readPointer(customerId, auditId)),
  );
  const brokenOf = new Map(pointers.map((pointer) => [pointer?.order.auditId, pointer?.brokenAttempts ?? 0]));
  const countOf = (auditId: string) => reports.filter((report) => report.auditId === auditId).length;
  const recordsOf = (auditId: string) => reports.filter(({ attemptOf }) => attemptOf === auditId).length;
  const isLost = ({ auditId }: AuditOrder) => countOf(auditId) === 0 || open.has(auditId);
  const isDoubled = ({ auditId }: AuditOrder) => countOf(auditId) > 1;
  const missing = orders.map(({ auditId }) => Math.max(0, (brokenOf.get(auditId) ?? 0) - recordsOf(auditId)));
  const days = [...new Set(orders.map(({ scheduledAt }) => scheduledAt.slice(0, 10)))];
  const lastDay = new Date(Date.parse(orders.at(-1)?.scheduledAt ?? '') + 86_400_000).toISOString().slice(0, 10);
  const budgets = await Promise.all(
    [...days, lastDay].map((day) => storage.budgets.read({ day, customerId: 'contoso' })),
  );
  const booked = budgets.reduce((sum, { service }) => sum + service.settledTokens, 0);
  return {
    audits: orders.length,
    brokenAttempts: [...brokenOf.values()].reduce((sum, count) => sum + count, 0),
    probes: seen.length,
    lost: orders.filter(isLost).length,
    doubled: orders.filter(isDoubled).length + marks.length - stored.size,
    unrecordedAttempts: missing.reduce((sum, count) => sum + count, 0),
    unexplainedProbes: seen.filter(({ auditId, mark }) => !stored.has(mark) && !brokenOf.get(auditId)).length,
    tokensBeyondBooked: Math.max(0, 20 * seen.length - booked),
    tokensLeftReserved: budgets.reduce((sum, { service }) => sum + service.reservedTokens, 0),
  };
}

async function marksOf({ customerId, auditId }: Report, storage: Storage): Promise<readonly string[]> {
  const record = await storage.history.readReport(customerId, auditId);
  return (record?.evidence.exchanges ?? []).flatMap(({ backend }) => (backend === null ? [] : [backend]));
}
