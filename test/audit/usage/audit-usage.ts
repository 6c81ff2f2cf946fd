import { parseSimulatorConfig, type SimulatorConfigInput } from '../../../simulator/config';
import { createEngine, type Engine } from '../../../simulator/engine';
import { createRandom } from '../../../simulator/random';
import { usage } from '../../../src/audit/checks/usage';
import type { CheckSettings, CustomerDeclaration, GatewayDeclaration } from '../../../src/audit/declaration';
import type { ReadMeter } from '../../../src/audit/meter-reading';
import type { StoredEvidence } from '../../../src/audit/ports';
import type { ReportDraft } from '../../../src/audit/report';
import { runAudit } from '../../../src/audit/running/run-audit';
import type { Clock } from '../../../src/probe/clock';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';
import { engineGateway, engineMeter, keyOf } from './engine-gateway';

export const startMs = Date.UTC(2026, 0, 5, 12, 0, 20);

type SimulatedCustomer = SimulatorConfigInput['customers'][number];

export interface UsageAudit {
  readonly faults?: NonNullable<SimulatedCustomer['faults']>;
  /** More of the simulator's configuration. */
  readonly simulated?: Partial<SimulatorConfigInput>;
  readonly customer?: Partial<CustomerDeclaration>;
  readonly gateway?: Partial<GatewayDeclaration>;
  readonly settings?: Partial<CheckSettings>;
  /** Another meter than the engine's own. */
  readonly meter?: (engine: Engine, clock: Clock) => ReadMeter;
  /** What somebody else does meanwhile. */
  readonly meanwhile?: (engine: Engine, clock: Clock) => Promise<void>;
  readonly seed?: number;
}

export interface FinishedUsageAudit {
  readonly draft: ReportDraft;
  readonly evidence: StoredEvidence;
  readonly tookMs: number;
}

/** One audit of the check `usage` against the simulator's engine, on a clock of its own. */
export async function auditUsage(audit: UsageAudit = {}): Promise<FinishedUsageAudit> {
  const clock = virtualClock(startMs);
  const tokensPerMinute = audit.customer?.tokensPerMinute ?? 1000;
  const config = parseSimulatorConfig({
    customers: [
      { id: 'contoso', key: keyOf('contoso'), tokensPerMinute, faults: audit.faults ?? [] },
      { id: 'northwind', key: keyOf('northwind'), tokensPerMinute },
    ],
    ...audit.simulated,
  });
  const engine = createEngine(config, { random: createRandom(audit.seed ?? 1) });
  const plain = aDeclaration(
    { dedicated: true, tokensPerMinute, ...audit.customer },
    {
      endpoint: 'http://127.0.0.1/aoai',
      meter: { kind: 'http', url: 'http://127.0.0.1/__meter', settleAfter: 'PT10M' },
      ...audit.gateway,
    },
  );
  const declared = { ...plain, settings: { ...plain.settings, ...audit.settings } };
  const others = audit.meanwhile?.(engine, clock);
  const outcome = await runAudit(
    {
      order: {
        auditId: `019b8e1e-4c00-7000-8000-${String(audit.seed ?? 1).padStart(12, '0')}`,
        customerId: 'contoso',
        gatewayId: 'main',
        check: 'usage',
        trigger: 'timer',
        scheduledAt: new Date(startMs).toISOString(),
      },
      check: usage,
      declared,
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 100_000, probes: 1000, endsAtMs: startMs + 3 * 3_600_000 },
    },
    {
      sendProbe: engineGateway(engine, clock, declared),
      readMeter: (audit.meter ?? engineMeter)(engine, clock),
      clock,
    },
  );
  const tookMs = clock.nowMs() - startMs;
  await others;
  return { draft: outcome.draft, evidence: outcome.evidence, tookMs };
}

/** `rule verdict` of each finding. */
export function verdictsOf({ findings }: ReportDraft): readonly string[] {
  return findings.map(({ rule, verdict }) => `${rule} ${verdict}`);
}
