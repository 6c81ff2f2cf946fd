import type { CheckName, CheckSettings, Declaration, TokenQuota } from './declaration';
import { provokeBoundTokens } from './load-balance/provoke';
import { occurrencesPerDay } from './planning/schedule';
import { debtShare } from './token-limit/debt-share';
import { largestCallTokens, usualCallTokens } from './usage/workload';

/** Tokens by what a model charges for; an audit's probes are nearly all prompt. */
export interface TokenCost {
  readonly prompt: number;
  readonly completion: number;
}

/** What one audit costs the customer it is run for. */
export interface AuditCost {
  /** As a rule, and at most. */
  readonly expected: TokenCost;
  readonly mostTokens: number;
  /** For how long the customer's own calls are refused because of it, as a rule. */
  readonly lockedOutSeconds: number;
}

/** The same for a day: on average, and on the day with the most audits. */
export interface DayCost extends AuditCost {
  readonly check: CheckName;
  readonly auditsPerDay: number;
}

export interface TokenPrice {
  readonly promptPer1k: number;
  readonly completionPer1k: number;
}

/** What to know of a customer to tell what its audits cost. */
export interface CostBasis {
  readonly tokensPerMinute: number;
  readonly counters: number;
  readonly tokenQuota?: TokenQuota;
  /** Members that a spread is to be measured over: those of the best priority that answer differently. */
  readonly spreadOver: number;
  /** Members of any priority that answer differently: a failure of one shows only beside another. */
  readonly failoverAmong: number;
}

/** The least that a chat probe is charged: a word, the chat's overhead, one token of answer. */
const smallProbe: TokenCost = { prompt: 14, completion: 1 };
const smallProbeBound = 20;

/** Simulated on healthy gateways of either kind: 1.28 times the limit, and a minute until the window is free again. */
const saturationShare = 1.3;
const saturationLockoutSeconds = 60;

/** Probes that a random spread takes to be accepted, simulated: some 310 for two members, 440 for four. */
const spreadProbes = 350;
const fewProbes = 20;
/** Followed one by one from a failure until its member is back; simulated: 40 to 65, three failures at most. */
const followProbes = 150;

/** A month and a year as in the sizing of a customer's share of its quota; days. */
const periodDays: Readonly<Record<TokenQuota['period'], number>> = {
  Hourly: 1 / 24,
  Daily: 1,
  Weekly: 7,
  Monthly: 30,
  Yearly: 365,
};

/** What one audit costs; tokens and seconds. */
export function auditCost(check: CheckName, basis: CostBasis, settings: CheckSettings): AuditCost {
  switch (check) {
    case 'limit-status':
      return probes(1, 1);
    case 'access':
      // Only the customer's own key is charged, unless the gateway lets the others through as well.
      return probes(1, 3);
    case 'load-balance':
      return pool(basis, settings);
    case 'usage':
      return workload(basis.tokensPerMinute, settings.calls);
    case 'config-drift':
      return probes(0, 0);
    case 'token-limit':
    case 'isolation':
    case 'client-experience':
      return saturation(basis, settings);
    case 'token-quota':
      return settings.exhaustQuota && basis.tokenQuota
        ? exhaustion(basis.tokenQuota, basis.counters, settings)
        : probes(1, 1);
    default: {
      const unknown: never = check;
      throw new RangeError(`No cost is known for the check ${unknown}.`);
    }
  }
}

function dayCost(check: CheckName, schedule: string, cost: AuditCost): DayCost {
  const { average, busiest } = occurrencesPerDay(schedule);
  return {
    check,
    auditsPerDay: average,
    expected: { prompt: cost.expected.prompt * average, completion: cost.expected.completion * average },
    mostTokens: cost.mostTokens * busiest,
    lockedOutSeconds: cost.lockedOutSeconds * average,
  };
}

/** What a customer's own checks cost it a day. */
export function dayCostsOf(
  declared: Pick<Declaration, 'customer' | 'gateway'>,
  settings: Readonly<Record<CheckName, CheckSettings>>,
): readonly DayCost[] {
  const basis = costBasisOf(declared);
  const { checks, schedule } = declared.customer;
  return checks.map((check) => dayCost(check, schedule[check], auditCost(check, basis, settings[check])));
}

/** The price of tokens; in the currency of the prices. */
export function moneyOf(tokens: TokenCost, price: TokenPrice): number {
  return (tokens.prompt * price.promptPer1k + tokens.completion * price.completionPer1k) / 1000;
}

/** What to know of a declaration for `auditCost`. */
export function costBasisOf({ customer, gateway }: Pick<Declaration, 'customer' | 'gateway'>): CostBasis {
  const members = gateway.pool?.members ?? [];
  const best = Math.min(...members.map((member) => member.priority));
  const answers = members.filter((member) => member.priority === best && member.weight > 0);
  return {
    tokensPerMinute: customer.tokensPerMinute,
    counters: gateway.counters,
    spreadOver: new Set(answers.map((member) => member.answersAs)).size,
    failoverAmong: new Set(members.map((member) => member.answersAs)).size,
    ...(customer.tokenQuota ? { tokenQuota: customer.tokenQuota } : {}),
  };
}

/**
 * The tokens a day that a customer's audits may spend where the configuration doesn't say: a twentieth of its quota,
 * else 20 minutes of its limit, and never less than its own checks need on their busiest day.
 */
export function defaultMaxTokensPerDay(
  { tokensPerMinute, tokenQuota }: Pick<CostBasis, 'tokensPerMinute' | 'tokenQuota'>,
  costs: readonly DayCost[],
): number {
  const share = tokenQuota ? (0.05 * tokenQuota.tokens) / periodDays[tokenQuota.period] : 20 * tokensPerMinute;
  return Math.ceil(Math.max(share, neededTokensPerDay(costs)));
}

/** At most spent on the busiest day; tokens. */
export function neededTokensPerDay(costs: readonly DayCost[]): number {
  return Math.ceil(costs.reduce((sum, cost) => sum + cost.mostTokens, 0));
}

function probes(usual: number, most: number): AuditCost {
  return {
    expected: { prompt: usual * smallProbe.prompt, completion: usual * smallProbe.completion },
    mostTokens: most * smallProbeBound,
    lockedOutSeconds: 0,
  };
}

/** A failure that is provoked costs what reaches a member's own limit, and the probes that follow it. */
function pool({ tokensPerMinute, spreadOver, failoverAmong }: CostBasis, settings: CheckSettings): AuditCost {
  const { maxProbes, provokeFailover } = settings;
  const spread = probes(Math.min(spreadOver > 1 ? spreadProbes : fewProbes, maxProbes), maxProbes);
  const few = spreadOver > 1 ? spread : { ...spread, mostTokens: Math.min(fewProbes, maxProbes) * smallProbeBound };
  if (!provokeFailover || failoverAmong < 2) return few;
  const provoked = provokeBoundTokens({ tokensPerMinute });
  const most = spreadOver > 1 ? maxProbes : Math.min(fewProbes + followProbes, maxProbes);
  return {
    ...few,
    expected: { ...few.expected, prompt: few.expected.prompt + provoked },
    mostTokens: most * smallProbeBound + provoked,
  };
}

function workload(tokensPerMinute: number, calls: number): AuditCost {
  const { prompt, completion } = usualCallTokens(tokensPerMinute);
  return {
    expected: { prompt: calls * prompt, completion: calls * completion },
    mostTokens: calls * largestCallTokens(tokensPerMinute),
    lockedOutSeconds: 0,
  };
}

function saturation(basis: CostBasis, settings: CheckSettings): AuditCost {
  const limit = basis.tokensPerMinute * basis.counters;
  return {
    expected: { prompt: Math.ceil(saturationShare * limit), completion: 0 },
    mostTokens: Math.ceil((settings.maxTokensFactor + debtShare) * limit),
    lockedOutSeconds: saturationLockoutSeconds,
  };
}

/** At most: beyond the tolerance on every counter, and two of its largest steps, which show that nothing refused. */
function exhaustion(quota: TokenQuota, counters: number, { tolerancePercent }: CheckSettings): AuditCost {
  // Half of the period is left on average when the quota is used up.
  const lockedOutSeconds = (periodDays[quota.period] * 86_400) / 2;
  const mostTokens = Math.ceil(counters * quota.tokens * (1 + tolerancePercent / 100) + 0.15 * quota.tokens) + 100;
  return { expected: { prompt: quota.tokens, completion: 0 }, mostTokens, lockedOutSeconds };
}
