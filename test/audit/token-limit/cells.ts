import type { LimiterKind as Kind } from '../../../simulator/limiter';
import { tokenLimit } from '../../../src/audit/checks/token-limit';
import { aDeclaration } from '../a-declaration';
import { type SimulatedAudit, simulateAudit } from './simulate-audit';
import { type GatewayModel, simulatedGateway } from './simulated-gateway';

/** One kind of gateway and customer, audited many times with fresh seeds. */
export interface Cell {
  readonly kind: Kind;
  readonly declaredKind?: Kind | 'unknown';
  readonly sold: number;
  /** Enforced = sold × factor; null: no limit at all. */
  readonly factor?: number | null;
  readonly counters?: number;
  readonly declaredCounters?: number;
  readonly dedicated?: boolean;
  /** Somebody else's use, as a share of the limit a minute. */
  readonly othersShare?: number;
  readonly model?: Partial<GatewayModel>;
  readonly maxTokensFactor?: number;
}

export function runCell(cell: Cell, seed: number): SimulatedAudit {
  const random = mulberry32(seed);
  const factor = cell.factor === undefined ? 1 : cell.factor;
  const counters = cell.counters ?? 1;
  const model: GatewayModel = {
    kind: cell.kind,
    enforced: factor === null ? null : cell.sold * factor,
    counters,
    routing: random() < 0.5 ? 'random' : 'round-robin',
    latencyMs: 500,
    refusalLatencyMs: 50 + 150 * random(),
    outlierShare: 0.02,
    estimatesPrompts: false,
    hasHeaders: random() < 0.7,
    lie: null,
    frameOffset: Math.floor(4 * random()),
    ...cell.model,
  };
  const startMs = Date.UTC(2026, 0, 5, 12) + Math.floor(random() * 3_600_000);
  const plain = aDeclaration();
  const headers = model.hasHeaders
    ? plain.gateway.headers
    : { ...plain.gateway.headers, consumedTokens: null, remainingTokens: null };
  const declared = {
    customer: { ...plain.customer, tokensPerMinute: cell.sold, dedicated: cell.dedicated ?? true },
    gateway: {
      ...plain.gateway,
      headers,
      limiter: cell.declaredKind ?? cell.kind,
      counters: cell.declaredCounters ?? counters,
    },
    settings: { ...plain.settings, maxTokensFactor: cell.maxTokensFactor ?? 2 },
  };
  const others = cell.othersShare ? foreignCalls(cell.othersShare * cell.sold, startMs, random) : [];
  return simulateAudit({ check: tokenLimit, declared, gateway: simulatedGateway(model, random), startMs, others });
}

/** Poisson calls of some 5 % of the minute's share each, from two minutes before the audit on. */
function foreignCalls(tokensPerMinute: number, startMs: number, random: () => number) {
  const size = tokensPerMinute / 20;
  const calls = [];
  for (let atMs = startMs - 120_000; atMs < startMs + 600_000; ) {
    atMs += (-Math.log(1 - random()) * 60_000) / 20;
    calls.push({ atMs, tokens: Math.max(1, Math.round(size * (0.5 + random()))) });
  }
  return calls;
}

export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
