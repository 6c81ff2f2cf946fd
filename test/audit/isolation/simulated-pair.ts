import { createLimiter, type LimiterKind } from '../../../simulator/limiter';
import { isolation } from '../../../src/audit/checks/isolation';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';
import { mulberry32 } from '../token-limit/cells';
import { type SimulatedAudit, simulateAudit } from '../token-limit/simulate-audit';
import {
  type GatewayModel,
  type PendingAnswer,
  type SimulatedGateway,
  simulatedGateway,
} from '../token-limit/simulated-gateway';

/** Two customers of one gateway; what is not said is drawn from the seed. */
export interface Pair {
  readonly limit?: number;
  readonly neighbourLimit?: number;
  readonly kind?: LimiterKind;
  readonly neighbourKind?: LimiterKind;
  readonly latencyMs?: number;
  /** Both draw on the audited customer's counter. */
  readonly shared?: boolean;
  /** Of a model behind both; null: none. */
  readonly modelLimit?: number | null;
  /** What others ask for with the neighbour's key, as a share of its limit a minute. */
  readonly neighbourUse?: number;
  readonly neighbourDedicated?: boolean;
  /** What is enforced for the neighbour, where that is not what was sold. */
  readonly neighbourEnforced?: number;
  readonly model?: Partial<GatewayModel>;
}

const limits = [100, 300, 1_000, 5_000, 20_000, 200_000];

export function auditPair(pair: Pair, seed: number): SimulatedAudit {
  const random = mulberry32(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const kinds = ['sliding-window', 'token-bucket'] as const;
  const limit = pair.limit ?? pick(limits);
  const neighbourLimit = pair.neighbourLimit ?? pick(limits);
  const modelOf = (kind: LimiterKind, enforced: number): GatewayModel => ({
    kind,
    enforced,
    counters: 1,
    routing: 'random',
    latencyMs,
    refusalLatencyMs: 30 + 150 * random(),
    outlierShare: 0.03,
    estimatesPrompts: false,
    hasHeaders: true,
    lie: null,
    frameOffset: Math.floor(4 * random()),
    ...pair.model,
  });
  const latencyMs = pair.latencyMs ?? 50 + 1_500 * random() ** 2;
  const own = simulatedGateway(modelOf(pair.kind ?? pick(kinds), limit), random);
  const other = pair.shared
    ? own
    : simulatedGateway(modelOf(pair.neighbourKind ?? pick(kinds), pair.neighbourEnforced ?? neighbourLimit), random);
  const modelLimit = pair.modelLimit === undefined ? null : pair.modelLimit;
  const gateway = behindModel({ own, other }, modelLimit);
  const startMs = Date.UTC(2026, 0, 5, 12) + Math.floor(random() * 3_600_000);
  const plain = aDeclaration({ tokensPerMinute: limit, dedicated: true });
  const declared = {
    ...plain,
    settings: { ...plain.settings, with: ['fabrikam'] },
    neighbours: [
      {
        id: 'fabrikam',
        gateway: 'main',
        counter: 'fabrikam',
        tokensPerMinute: neighbourLimit,
        dedicated: pair.neighbourDedicated ?? true,
      },
    ],
  };
  const others = pair.neighbourUse ? callsOf(pair.neighbourUse * neighbourLimit, startMs, random) : [];
  return simulateAudit({ check: isolation, declared, gateway, startMs, others });
}

/** The model counts a fixed minute by what each call may cost, at its arrival, as Azure OpenAI does. */
function behindModel(
  { own, other }: { readonly own: SimulatedGateway; readonly other: SimulatedGateway },
  modelLimit: number | null,
): SimulatedGateway {
  const capacity = createLimiter({ kind: 'fixed-window', tokensPerMinute: modelLimit ?? 1e15 });
  return {
    charge(atMs, tokens) {
      const call = other.send({ ...anExchange().asked, promptTokens: 1 }, 0, atMs);
      if (call.decide().chargesMs !== null) other.charge(call.decidesMs, tokens);
    },
    send(request, probe, sentMs): PendingAnswer {
      const answer = (request.customerId === undefined ? own : other).send(request, probe, sentMs);
      return {
        decidesMs: answer.decidesMs,
        decide() {
          const decided = answer.decide();
          if (decided.chargesMs === null) return decided;
          if (capacity.decide(answer.decidesMs).admitted) {
            capacity.charge(answer.decidesMs, request.promptTokens);
            return decided;
          }
          const finishesMs = answer.decidesMs + 30;
          const asked = {
            probe,
            asked: request,
            intendedMs: sentMs,
            sentMs,
            headersMs: finishesMs,
            receivedMs: finishesMs,
          };
          const refused = { status: 429, usage: null, refusedBy: 'model' as const, retryAfterMs: 20_000 };
          return { chargesMs: null, finishesMs, finish: () => anExchange({ ...asked, ...refused }) };
        },
      };
    },
  };
}

/** Poisson calls of some 5 % of the minute's share each. */
function callsOf(tokensPerMinute: number, startMs: number, random: () => number) {
  const calls = [];
  for (let atMs = startMs - 120_000; atMs < startMs + 600_000; ) {
    atMs += (-Math.log(1 - random()) * 60_000) / 20;
    calls.push({ atMs, tokens: Math.max(1, Math.round((tokensPerMinute / 20) * (0.5 + random()))) });
  }
  return calls;
}

export interface Tally {
  readonly pass: number;
  readonly fail: number;
  readonly inconclusive: number;
}

export interface PairTally {
  readonly verdicts: Tally;
  /** As a share of the limit. */
  readonly tokens: number;
  readonly seconds: number;
  readonly reasons: Readonly<Record<string, number>>;
}

export function tallyPairs(pairOf: (seed: number) => Pair, runs: number, firstSeed: number): PairTally {
  const verdicts = { pass: 0, fail: 0, inconclusive: 0 };
  const reasons: Record<string, number> = {};
  let tokens = 0;
  let seconds = 0;
  for (let seed = firstSeed; seed < firstSeed + runs; seed += 1) {
    const { evidence, judgement } = auditPair(pairOf(seed), seed);
    const [finding] = judgement.findings;
    if (finding === undefined) throw new Error('An audit of two customers with a counter each has a finding.');
    verdicts[finding.verdict] += 1;
    const reason = `${finding.verdict}: ${finding.because}`;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
    const spent = evidence.exchanges.reduce((total, exchange) => total + (exchange.usage?.total ?? 0), 0);
    tokens += spent / evidence.declared.customer.tokensPerMinute;
    seconds += (evidence.finishedMs - evidence.startedMs) / 1000;
  }
  return { verdicts, tokens: tokens / runs, seconds: seconds / runs, reasons };
}
