import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditOrder } from '../../src/audit/report';
import { aConfigFile } from '../a-config';
import { startStorageProxy } from '../adapters/storage/storage-proxy';
import { azuriteConnectionString, connectionStringAt, uniquePrefix } from '../azurite';
import { startChaosGateway } from './chaos-gateway';
import { bundledWorker, createWorkers } from './chaos-workers';
import { type ChaosCount, countAll, customerIds } from './count-chaos';
import { type ChaosPlace, openChaosApp } from './open-chaos-app';

const longestRoundMs = 1500;
/** Every so many rounds storage loses its answers for a while. */
const cutEvery = 3;
const answersLostMs = 400;
const drainMs = 90_000;
/** An audit has sent its first probe by then, and not its last. */
const midAuditMs = 700;

/** What is done to two workers while they work; times are real. */
interface Chaos {
  queueAll(): Promise<void>;
  killOne(): void;
  /** Storage carries everything out, and no answer arrives. */
  loseAnswers(ms: number): Promise<void>;
  /** Nothing reaches storage, neither tables nor queue. */
  cutStorage(ms: number): Promise<void>;
}

/** A worker is killed in each round; then what is left is worked off, and everything is counted. */
export async function runKills(rounds: number): Promise<ChaosCount> {
  return underChaos(async (chaos) => {
    for (let round = 1; round <= rounds; round++) {
      await chaos.queueAll();
      await sleep(Math.random() * longestRoundMs);
      if (round % cutEvery === 0) await chaos.loseAnswers(answersLostMs);
      chaos.killOne();
    }
  });
}

/** Storage is cut off for so long in the middle of audits, once for each number given. Nobody is killed. */
export async function runCuts(cutsMs: readonly number[]): Promise<ChaosCount> {
  return underChaos(async (chaos) => {
    for (const cutMs of cutsMs) {
      await chaos.queueAll();
      await sleep(midAuditMs);
      await chaos.cutStorage(cutMs);
      await sleep(midAuditMs);
    }
  });
}

async function underChaos(wreak: (chaos: Chaos) => Promise<void>): Promise<ChaosCount> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-chaos-'));
  const gateway = await startChaosGateway();
  const straight = await azuriteConnectionString();
  const endpointOf = (service: string) =>
    new RegExp(`${service}Endpoint=([^;]+)/devstoreaccount1`).exec(straight)?.[1] ?? '';
  const [tables, queues] = await Promise.all(['Table', 'Queue'].map((name) => startStorageProxy(endpointOf(name))));
  if (tables === undefined || queues === undefined) throw new Error('Two proxies were started.');
  const names = { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const configLocation = join(folder, 'audit.config.json');
  writeFileSync(configLocation, JSON.stringify(chaosConfig(gateway.url)));
  const place: ChaosPlace = { connectionString: straight, names, configLocation, baseMs: Date.now() };
  const proxied = connectionStringAt({ table: tables.url, queue: queues.url });
  const workers = createWorkers(bundledWorker(), { ...place, connectionString: proxied });
  const { app, storage } = await openChaosApp(place);
  const orders: AuditOrder[] = [];
  const during = async (fate: 'cut' | 'lose-answer', ms: number) => {
    tables.decide = () => fate;
    queues.decide = () => (fate === 'cut' ? 'cut' : 'pass');
    await sleep(ms);
    tables.decide = () => 'pass';
    queues.decide = () => 'pass';
  };
  try {
    await app.health();
    await workers.start();
    await wreak({
      async queueAll() {
        orders.push(...(await app.queueAudits(allAudits(), 'http')).claimed);
      },
      killOne: workers.killOne,
      loseAnswers: (ms) => during('lose-answer', ms),
      cutStorage: (ms) => during('cut', ms),
    });
    const untilMs = Date.now() + drainMs;
    while ((await storage.open.readAll()).length > 0 && Date.now() < untilMs) await sleep(200);
    return await countAll({ orders, storage, seen: gateway.seen });
  } finally {
    await workers.stop();
    await Promise.all([gateway.close(), tables.close(), queues.close()]);
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
