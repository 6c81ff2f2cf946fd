import { smallestPromptTokens } from '../../probe/prompt';
import { smallestProbe } from '../../probe/smallest-probe';
import type { Step } from '../check';
import type { LimiterKind } from '../declaration';
import { possiblyUsed, surelyUsed } from './bounds';
import { debtShare } from './debt-share';
import { beyondStep, coarseStep, edgeStep, type Facts, firstStep, insideStep, type PlannedKind } from './facts';
import { minuteMs } from './ledger';
import { probesOf } from './probe-size';

const tooSlowMs = 30_000;
const hurryMs = 12_000;
const coarseGroups = 2;
const coarseTopUps = 2;
/** Where within the tolerance above the limit the deciding refusal should fall: safely inside, safely refused. */
const aboveShare = 0.6;
const growth = 0.3;
/** A slow answer lets a bucket refill; the step is topped up where that is worth a probe. */
const edgeTopUps = 2;
const topUpShare = 0.03;
/** With several counters each step goes to one of them, so it may be no larger than the tolerance. */
const stepShareOfSeveral = 0.1;

/**
 * Spends up to the limit: one smallest probe; two coarse groups to just below the tolerance; then one step at a time,
 * each sized so that the next decision settles one more edge: above L − tolerance, below L + tolerance, above
 * L + tolerance; from there in growing steps until something is refused or the audit has spent what it may.
 */
export function planBurst(facts: Facts): Step {
  const { state, ledger, limit, counters, spent } = facts;
  const firstChargeMs = ledger.admissions[0]?.charge.toMs;
  if (firstChargeMs === undefined) return send(facts, 'first probe', [smallestProbe(firstStep)]);
  if (state.nowMs - firstChargeMs > tooSlowMs) {
    return { do: 'stop', because: `no refusal within ${tooSlowMs / 1000} s: too slow for this limit` };
  }
  const left = state.declared.settings.maxTokensFactor * counters * limit - spent;
  if (left < (ledger.smallestCost ?? 0)) {
    return {
      do: 'stop',
      because: `${spent} tokens were admitted without a refusal, the most that this audit may spend`,
    };
  }
  const wanted = coarseTokens(facts) ?? edgeTokens(facts);
  const tokens = Math.min(wanted.tokens, keepingOneProbe(left, ledger.smallestCost ?? 0));
  return send(facts, 'approaching the limit', probesOf(wanted.step, tokens, sizing(facts)));
}

/** The last probe that may be sent is a small one: it is the decision that proves what was charged before it. */
function keepingOneProbe(left: number, smallest: number): number {
  return left >= 2 * smallest ? left - smallest : left;
}

interface Wanted {
  readonly step: string;
  readonly tokens: number;
}

function coarseTokens(facts: Facts): Wanted | null {
  const groups = groupsSent(facts, (step) => step === coarseStep);
  const isDone = groups >= coarseGroups + coarseTopUps || groupsSent(facts, (step) => step.startsWith(edgeStep)) > 0;
  const [planned] = facts.kinds;
  if (isDone || planned === undefined) return null;
  const room = tokensToReach(facts, planned.kind, { goal: planned.band.low - 1, bound: 'possibly' });
  const smallest = facts.ledger.smallestCost ?? 0;
  const worthwhile = Math.max(smallest, groups >= coarseGroups ? topUpShare * facts.limit : 0);
  if (room < worthwhile) return null;
  const half = groups === 0 && room / 2 >= smallest;
  return { step: coarseStep, tokens: half ? room / 2 : room };
}

function edgeTokens(facts: Facts): Wanted {
  const smallest = facts.ledger.smallestCost ?? 0;
  if (facts.counters > 1) return { step: edgeStep, tokens: Math.max(smallest, stepShareOfSeveral * facts.limit) };
  for (const planned of facts.kinds) {
    const wanted = tokensAround(facts, planned);
    if (wanted !== null) return wanted;
  }
  const highs = facts.kinds.map(({ kind, band }) =>
    tokensToReach(facts, kind, { goal: band.high + 1, bound: 'surely' }),
  );
  const toProveHigh = Math.max(...highs);
  const isProven = toProveHigh === 0 || groupsSent(facts, (step) => step === beyondStep) > edgeTopUps;
  return { step: beyondStep, tokens: Math.max(smallest, toProveHigh, isProven ? growthOf(facts) : 0) };
}

/** The steps to the lower edge and safely inside the band, as one kind counts; null where both are behind us. */
function tokensAround(facts: Facts, { kind, band }: PlannedKind): Wanted | null {
  const { limit, ledger, state } = facts;
  const smallest = ledger.smallestCost ?? 0;
  const edge = `${edgeStep} ${kind}`;
  const inside = `${insideStep} ${kind}`;
  const insides = groupsSent(facts, (step) => step === inside);
  const insideGoal = Math.min(
    band.high,
    Math.max(limit + ledger.smallestPrompt + 1, limit + aboveShare * band.toleranceTokens),
  );
  const now = { sentMs: state.nowMs, decidedByMs: state.nowMs + ledger.spreadMs };
  const isLowProven =
    insides > 0 ||
    groupsSent(facts, (step) => step === edge) > edgeTopUps ||
    surelyUsed(kind, ledger.charges, now) > band.low;
  if (!isLowProven) {
    const goal = band.low + 1 + Math.min(refillReserve(facts, kind), (insideGoal - band.low) / 3);
    return { step: edge, tokens: Math.max(smallest, tokensToReach(facts, kind, { goal, bound: 'surely' })) };
  }
  const toStayInside = tokensToReach(facts, kind, { goal: insideGoal, bound: 'possibly' });
  const worthwhile = insides === 0 ? smallest : Math.max(smallest, topUpShare * limit);
  return insides <= edgeTopUps && toStayInside >= worthwhile ? { step: inside, tokens: toStayInside } : null;
}

/** In steps, so that the interval closes; all at once where time runs out before the refill of a bucket hides the sum. */
function growthOf(facts: Facts): number {
  const firstChargeMs = facts.ledger.admissions[0]?.charge.toMs ?? facts.state.nowMs;
  return facts.state.nowMs - firstChargeMs > hurryMs ? Number.POSITIVE_INFINITY : growth * facts.spent;
}

/** What a bucket refills while an answer is slower than expected: aimed beyond, so that one step is enough. */
function refillReserve(facts: Facts, kind: LimiterKind): number {
  return kind === 'token-bucket' ? facts.limit * (0.01 + (0.7 * facts.ledger.latencyMs) / minuteMs) : 0;
}

/** How many tokens, charged one latency from now, bring the bound at the decision after that to `goal`; 0 if it is there. */
function tokensToReach(facts: Facts, kind: LimiterKind, aim: Aim): number {
  const { ledger, state } = facts;
  const landedMs = state.nowMs + ledger.latencyMs;
  const decision = { sentMs: landedMs, decidedByMs: landedMs + ledger.spreadMs, ownPrompt: ledger.smallestPrompt };
  const boundWith = (tokens: number): number => {
    const step = { sentMs: state.nowMs, fromMs: landedMs, toMs: landedMs, low: tokens, high: tokens };
    const charges = [...ledger.charges, step];
    return aim.bound === 'surely' ? surelyUsed(kind, charges, decision) : possiblyUsed(kind, charges, decision);
  };
  if (boundWith(0) >= aim.goal) return 0;
  let low = 0;
  let high = 2 * aim.goal;
  while (high - low > 0.5) {
    const middle = (low + high) / 2;
    if (boundWith(middle) < aim.goal) low = middle;
    else high = middle;
  }
  return Math.round(high);
}

interface Aim {
  readonly goal: number;
  readonly bound: 'surely' | 'possibly';
}

/** Probes sent together are one group. */
function groupsSent(facts: Facts, isStep: (step: string) => boolean): number {
  return new Set(facts.exchanges.filter((exchange) => isStep(exchange.asked.step)).map((e) => e.intendedMs)).size;
}

export function sizing(facts: Facts): Parameters<typeof probesOf>[2] {
  return { exchanges: facts.exchanges, maxPromptTokens: facts.state.declared.gateway.maxPromptTokens };
}

function send(facts: Facts, phase: string, probes: ReturnType<typeof probesOf>): Step {
  const share = Math.round((100 * facts.spent) / facts.limit);
  return { do: 'send', phase: `${phase} (${share} % of the limit spent)`, probes };
}

/** Probes that may cost `tokens`, or the end of the audit where it may not spend them. */
export function sendWithinMeans(facts: Facts, tokens: number, send: Step): Step {
  return spentTooMuch(facts, tokens) ? { do: 'stop', because: 'the most that this audit may spend is spent' } : send;
}

/** What a prompt of that size is going to cost, by what the smallest one did. */
export function likelyCost(facts: Facts, promptTokens: number): number {
  return (facts.ledger.smallestCost ?? 0) + promptTokens - smallestPromptTokens;
}

export function spentTooMuch(facts: Facts, tokens: number): boolean {
  const { settings } = facts.state.declared;
  const most = (settings.maxTokensFactor * facts.counters + debtShare) * facts.limit;
  return facts.spent + tokens > most;
}

/** Tokens that bring a bucket that just admitted again into a debt of some 10 s, its refill meanwhile included. */
export function debtTokens(facts: Facts): number {
  const refillMs = slackMsOfDebt + facts.ledger.latencyMs + facts.ledger.spreadMs;
  return Math.min(debtShare, 0.17 + refillMs / minuteMs) * facts.limit;
}
const slackMsOfDebt = 2_000;
