import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChargeFile } from '../../src/adapters/charge-file';
import { type App, createApp } from '../../src/app';
import type { CheckMap } from '../../src/audit/checks';
import type { AuditJob, JobQueue, Storage } from '../../src/audit/ports';
import type { Tracer } from '../../src/audit/tracer';
import type { Clock } from '../../src/probe/clock';
import type { ProbeOrder } from '../../src/probe/gateway';
import { aConfigFile } from '../a-config';
import { storageAt } from '../adapters/storage/azurite-storage';
import { aCheck } from '../audit/a-check';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { type FakeAnswer, fakeGateway } from '../fake-gateway';
import { virtualClock } from '../virtual-clock';

export const checksOfTests: CheckMap = {
  'limit-status': aCheck(),
  access: aCheck({ name: 'access' }),
  'token-limit': aCheck({ name: 'token-limit', saturates: true, probes: 3 }),
};

export interface SentJob {
  readonly job: AuditJob;
  readonly delayMs: number;
}

export interface TestApp {
  readonly app: App;
  readonly storage: Storage;
  /** What the gateway was asked. */
  readonly orders: readonly ProbeOrder[];
  /** What went into the queue. */
  readonly sent: readonly SentJob[];
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<void>;
  readonly clock: Clock;
  readonly names: { readonly tablePrefix: string; readonly queueName: string };
  readonly close: () => void;
}

export interface TestAppSetting {
  readonly customers?: readonly object[];
  readonly answer?: (order: ProbeOrder) => FakeAnswer;
  readonly checks?: CheckMap;
  /** Of the configuration, beside gateways and customers. */
  readonly rest?: object;
  /** Beside the customers' key. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where several apps are workers of one storage: the clock and the tables of the first. */
  readonly worksBeside?: Pick<TestApp, 'clock' | 'names'>;
  /** What the app gets in place of its storage: one that fails. */
  readonly disturb?: (storage: Storage) => Storage;
  readonly tracer?: Tracer;
}

/** The app on a clock and a gateway of the test's own, and on tables of its own in Azurite. Noon on 5 January 2026. */
export async function anApp({
  customers = [{}],
  answer,
  checks = checksOfTests,
  rest = {},
  settings = {},
  worksBeside,
  disturb = (storage) => storage,
  tracer,
}: TestAppSetting = {}): Promise<TestApp> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-app-'));
  const file = aConfigFile({
    rest: {
      ...rest,
      customers: customers.map((customer, index) => ({
        id: index === 0 ? 'contoso' : `customer-${index}`,
        gateway: 'main',
        tokensPerMinute: 100,
        key: { setting: 'CONTOSO_KEY' },
        ...customer,
      })),
    },
  });
  const configLocation = join(folder, 'audit.config.json');
  writeFileSync(configLocation, JSON.stringify(file));
  const clock = worksBeside?.clock ?? virtualClock(Date.UTC(2026, 0, 5, 12));
  const gateway = fakeGateway(clock, answer);
  const names = worksBeside?.names ?? { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const azurite = storageAt(await azuriteConnectionString(), names);
  const sent: SentJob[] = [];
  const send: JobQueue['send'] = (job, delayMs = 0) => {
    sent.push({ job, delayMs });
    return azurite.jobs.send(job, delayMs);
  };
  const storage = { ...azurite, jobs: { send } };
  const app = await createApp(
    { CONTOSO_KEY: 'contoso-demo-key', ...settings },
    {
      configLocation,
      parts: {
        checks,
        clock,
        ...(tracer && { tracer }),
        gatewayOpener: () => () => ({ send: gateway.sendProbe, close: async () => {} }),
        openStorage: () => disturb(storage),
        openCharges: () => openChargeFile(join(folder, 'charges.json')),
      },
    },
  );
  return {
    app,
    storage,
    orders: gateway.orders,
    sent,
    clock,
    names,
    pass: (ms) => clock.sleepUntil(clock.nowMs() + ms),
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
