import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChargeFile } from '../../src/adapters/charge-file';
import { type App, createApp } from '../../src/app';
import { newAuditId } from '../../src/audit/audit-id';
import { withReport } from '../../src/audit/limit-status';
import type { AuditJob, Storage } from '../../src/audit/ports';
import type { ReportDraft } from '../../src/audit/report';
import { declarationOf } from '../../src/config';
import type { Clock } from '../../src/probe/clock';
import { storageAt } from '../adapters/storage/azurite-storage';
import { anOrder, aReportDraft, someEvidence } from '../audit/a-report-draft';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { virtualClock } from '../virtual-clock';
import { demoGateways, type GatewayManners } from './demo-gateway';

export interface AuditedApp {
  readonly app: App;
  readonly clock: Clock;
  readonly storage: Storage;
  /** Runs what was put into the queue since. */
  readonly runQueued: () => Promise<void>;
  /** Puts an audit into the history that no gateway was asked for. */
  readonly record: (overrides: Partial<ReportDraft>) => Promise<void>;
  readonly close: () => void;
}

export type DemoCustomers = Readonly<Record<string, GatewayManners>>;

/** Three customers of the demo: one gateway keeps its promise, one admits twice as much, one names false waits. */
export const demoCustomers: DemoCustomers = {
  contoso: { tokensPerMinute: 100 },
  northwind: { tokensPerMinute: 200 },
  fabrikam: { tokensPerMinute: 100, retryAfterSeconds: 5 },
};

const endpoint = 'https://contoso.azure-api.net/aoai';

/** The real app with the real checks over Azurite, on a clock and gateways of the test's own. Noon on 5 January 2026. */
export async function anAuditedApp(customers: DemoCustomers = demoCustomers): Promise<AuditedApp> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-page-'));
  const configLocation = join(folder, 'audit.config.json');
  writeFileSync(configLocation, JSON.stringify(configOf(Object.keys(customers))));
  const clock = virtualClock(Date.UTC(2026, 0, 5, 12));
  const names = { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const azurite = storageAt(await azuriteConnectionString(), names);
  const sent: AuditJob[] = [];
  const storage: Storage = { ...azurite, jobs: { ...azurite.jobs, send: async (job) => void sent.push(job) } };
  const mannersOf = (id: string) => customers[id] ?? { tokensPerMinute: 100 };
  const app = await createApp(
    { DEMO_KEY: 'demo-key' },
    {
      configLocation,
      parts: {
        clock,
        gatewayOpener: () => demoGateways(clock, mannersOf),
        openStorage: () => storage,
        openCharges: () => openChargeFile(join(folder, 'charges.json')),
      },
    },
  );
  await storage.prepare();
  return {
    app,
    clock,
    storage,
    runQueued: async () => {
      for (const job of sent.splice(0)) await app.runJob(job, 9 * 60_000);
    },
    record: (overrides) => {
      const { customerId = 'contoso', check = 'limit-status' } = overrides;
      const declared = declarationOf(app.config, customerId, check);
      return record({ storage, clock }, { declared, gatewayId: declared.gateway.id, ...overrides });
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function configOf(customerIds: readonly string[]): object {
  const gateway = { endpoint, deployment: 'gpt-4o', apiVersion: '2024-10-21', limiter: 'sliding-window' };
  const headers = { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' };
  return {
    gateways: ['north', 'east', 'west'].map((id) => ({ id, ...gateway, headers })),
    customers: customerIds.map((id, at) => ({
      id,
      gateway: ['north', 'east', 'west'][at % 3],
      tokensPerMinute: 100,
      key: { setting: 'DEMO_KEY' },
      dedicated: true,
      checkSettings: { 'token-limit': { maxTokensFactor: 2.5 } },
    })),
  };
}

async function record(
  { storage, clock }: { readonly storage: Storage; readonly clock: Clock },
  overrides: Partial<ReportDraft>,
): Promise<void> {
  const nowMs = clock.nowMs();
  const moment = new Date(nowMs).toISOString();
  const auditId = newAuditId(nowMs, crypto.getRandomValues(new Uint8Array(10)));
  const draft = aReportDraft({ auditId, startedAt: moment, finishedAt: moment, ...overrides });
  const { customerId, gatewayId, check, trigger, scheduledAt } = draft;
  await storage.history.insertPointer(anOrder({ auditId, customerId, gatewayId, check, trigger, scheduledAt }), nowMs);
  const attempt = (await storage.history.beginAttempt(customerId, auditId, nowMs))?.attempt ?? 1;
  const report = await storage.history.commit(draft, someEvidence(), { attempt, nowMs });
  await storage.limits.update(customerId, (current) => withReport(current, { report, exchanges: [] }));
}
