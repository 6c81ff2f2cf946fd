import { openApim } from '../../../src/adapters/apim/open-apim';
import { configDrift } from '../../../src/audit/checks/config-drift';
import type { CustomerDeclaration, GatewayDeclaration, Pool } from '../../../src/audit/declaration';
import { driveCheck } from '../../../src/audit/running/drive-check';
import type { EarlierAudit } from '../../../src/audit/running/earlier-audits';
import { aPolicy, healthyApim, healthyCustomer, healthyGateway } from '../../adapters/apim/a-healthy-apim';
import { type ArmResources, startArm } from '../../adapters/apim/arm-server';
import type { Answer } from '../../adapters/local-server';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';

export interface Planted {
  readonly arm?: Readonly<Record<string, object | string | null>>;
  readonly refuse?: (path: string) => Answer | null;
  readonly customer?: Partial<CustomerDeclaration>;
  readonly gateway?: Partial<GatewayDeclaration>;
  readonly earlierAudits?: readonly EarlierAudit[];
}

/** Reads the service over the real client, drives the check, judges; what was planted lies over a healthy service. */
export async function audit({ arm = {}, refuse, customer = {}, gateway = {}, earlierAudits = [] }: Planted = {}) {
  const resources = Object.entries({ ...healthyApim, ...arm }).filter(([, held]) => held !== null);
  const server = await startArm(Object.fromEntries(resources) as ArmResources, refuse);
  const declared = aDeclaration({ ...healthyCustomer, ...customer }, { ...healthyGateway, ...gateway });
  const clock = virtualClock(Date.UTC(2026, 10, 22));
  const { end, exchanges, apimReading } = await driveCheck(
    {
      auditId: '0192f0c1-0000-7000-8000-000000000000',
      check: configDrift,
      declared,
      startedMs: clock.nowMs(),
      seed: 1,
      earlier: [],
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 0, probes: 0, endsAtMs: clock.nowMs() + 60_000 },
    },
    {
      sendProbe: () => Promise.reject(new Error('It sends no probe.')),
      readApim: openApim(declared, { ...server.options, clock }),
      clock,
    },
  );
  await server.close();
  expect(exchanges).toEqual([]);
  return configDrift.judge({
    declared,
    startedMs: clock.nowMs(),
    finishedMs: clock.nowMs(),
    exchanges: [],
    priorCharges: [],
    ledgerSinceMs: 0,
    earlierAudits,
    ...(apimReading && { apimReading }),
    stoppedBecause: end.why === 'stopped' ? end.because : end.why,
  });
}

/** Rules that do not pass, and how. */
export async function notPassed(planted: Planted): Promise<Readonly<Record<string, string>>> {
  const { findings } = await audit(planted);
  const other = findings.filter(({ verdict }) => verdict !== 'pass');
  return Object.fromEntries(other.map(({ rule, verdict }) => [rule, verdict]));
}

/** Laid over a declaration, it takes the pool out. */
export const withoutPool = { pool: undefined } as unknown as Partial<GatewayDeclaration>;

/** As the healthy service has it. */
export const aPool = healthyGateway.pool as Pool;

export const apiPolicy = String(healthyApim['/apis/aoai/policies/policy']);
export const goldPolicy = (inbound: string) => ({ '/products/gold/policies/policy': aPolicy({ inbound }) });
export const members = (services: readonly object[]) => ({
  '/backends/openai-pool': { type: 'Pool', pool: { services } },
});
export const member = (name: string, parts: object) => ({ id: `/backends/${name}`, ...parts });
export const logAnalytics = {
  kind: 'log-analytics',
  workspaceId: 'w',
  source: 'customMetrics',
  dimension: 'Subscription ID',
  settleAfter: 'PT30M',
} as const;

/** An audit of the token limit that decided; sold and configured were the same 1000. */
export const lastTokenLimit = (
  low: number,
  high: number | null,
  { verdicts = { 'limit-value': 'pass' }, ...parts }: Partial<EarlierAudit> = {},
): EarlierAudit => ({
  check: 'token-limit',
  auditId: 'a',
  gatewayId: 'main',
  tokensPerMinute: 1000,
  startedAt: '2026-11-21T03:58:00.000Z',
  finishedAt: '2026-11-21T04:00:00.000Z',
  verdicts,
  estimate: { tokensPerMinute: { low, high } },
  ...parts,
});

/** An earlier audit of the configuration that read the service as it was then. */
export async function lastDrift(planted: Planted = {}): Promise<EarlierAudit> {
  const { estimate } = await audit(planted);
  return {
    check: 'config-drift',
    auditId: 'b',
    gatewayId: 'main',
    tokensPerMinute: 1000,
    startedAt: '2026-11-14T23:59:59.000Z',
    finishedAt: '2026-11-15T00:00:00.000Z',
    verdicts: {},
    estimate,
  };
}
