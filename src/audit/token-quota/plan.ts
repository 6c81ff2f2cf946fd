import { completionCap, smallestProbe } from '../../probe/smallest-probe';
import type { AuditState, Step } from '../check';
import type { TokenQuota } from '../declaration';
import { isAnswered, isTokenLimitRefusal, minuteMs } from '../token-limit/ledger';
import { probesOf } from '../token-limit/probe-size';
import { mayHaveTurned, periodOf } from './period';
import { quotaBandOf, spendingOf } from './spending';

const lookStep = 'look';
const spendStep = 'spend';
const confirmStep = 'confirm';

/**
 * One probe to look at what the gateway says of the quota. Where the quota may be used up and fits the budget: probe
 * after probe, under the per-minute limit, until the gateway refuses with the quota or more than it allows was spent.
 * Waits are long (a small limit, a large quota); whoever runs the audit turns them into continuations.
 */
export function nextTokenQuota(state: AuditState): Step {
  if (state.inFlight > 0) return { do: 'wait', phase: 'waiting for answers', untilMs: Number.POSITIVE_INFINITY };
  const quota = state.declared.customer.tokenQuota;
  if (quota === undefined) return { do: 'stop', because: 'the customer declares no token quota' };
  const last = state.exchanges.at(-1);
  if (last === undefined) return begin(state, quota);
  if (last.refusedBy === 'gateway-quota') return confirm(state);
  const misfit = misfitOf(state, quota);
  if (misfit !== null) return { do: 'stop', because: misfit };
  return stopForTrouble(state) ?? spend(state, quota);
}

/** A quota that does not fit is only looked at. */
function misfitOf({ declared }: AuditState, quota: TokenQuota): string | null {
  const { customer, settings } = declared;
  if (!settings.exhaustQuota) return 'the quota is not to be used up (checkSettings.token-quota.exhaustQuota)';
  const needed = Math.ceil(quotaBandOf(declared, quota, 0).high);
  if (needed > customer.maxTokensPerDay) {
    return `using up the quota takes ${needed} tokens, more than maxTokensPerDay (${customer.maxTokensPerDay})`;
  }
  return null;
}

/** The least time that spending the quota takes under the per-minute limit, with a margin; ms. */
function neededMs({ declared }: AuditState, quota: TokenQuota): number {
  const { tokensPerMinute } = declared.customer;
  return (quotaBandOf(declared, quota, 0).high / (paceShare * tokensPerMinute)) * minuteMs + marginMs;
}

/** Of the per-minute limit: the quota must refuse first. */
const paceShare = 0.7;
const marginMs = 2 * minuteMs;

/** What is to be used up is begun where it can be ended within one period; a short one's next is waited for. */
function begin(state: AuditState, quota: TokenQuota): Step {
  const look: Step = { do: 'send', phase: 'looking at the quota', probes: [smallestProbe(lookStep)] };
  const { startMs, endMs } = periodOf(quota.period, state.nowMs);
  if (misfitOf(state, quota) !== null || endMs === null) return look;
  const lengthMs = endMs - startMs;
  if (endMs - state.nowMs >= neededMs(state, quota) || quota.period !== 'Hourly' || neededMs(state, quota) > lengthMs) {
    return look;
  }
  return { do: 'wait', phase: "waiting for the quota's next period", untilMs: endMs + afterTurnMs };
}

const afterTurnMs = 10_000;
const confirmations = 2;

/** A refusal by the quota costs nothing; a second one shows that it stays. */
function confirm({ exchanges }: AuditState): Step {
  const refusals = exchanges.filter(({ refusedBy }) => refusedBy === 'gateway-quota').length;
  if (refusals >= confirmations) return { do: 'stop', because: 'the quota refused' };
  return { do: 'send', phase: 'making sure of the refusal', probes: [smallestProbe(confirmStep)] };
}

const troublesToStop = 3;
const pauseMs = 5_000;

function stopForTrouble({ exchanges, nowMs }: AuditState): Step | null {
  const last = exchanges.at(-1);
  if (last === undefined || isAnswered(last)) return null;
  const recent = exchanges.slice(-troublesToStop);
  if (recent.length === troublesToStop && recent.every((one) => !isAnswered(one))) {
    const what = last.refusedBy ?? last.error?.kind ?? `status ${last.status}`;
    return { do: 'stop', because: `${troublesToStop} probes in a row were not answered (${what})` };
  }
  // Somebody else is on the minute's limit: all of it is free again after a minute.
  const resumeMs = last.receivedMs + (isTokenLimitRefusal(last) ? minuteMs : pauseMs);
  return nowMs < resumeMs ? { do: 'wait', phase: 'pausing after a refusal', untilMs: resumeMs } : null;
}

/** Of the limit, and of the quota: steps small enough that the last one decides. */
const stepShareOfLimit = 0.2;
const stepShareOfQuota = 0.04;

function spend(state: AuditState, quota: TokenQuota): Step {
  const { customer, gateway } = state.declared;
  const spending = spendingOf(state, quota);
  if (mayHaveTurned(quota.period, state.exchanges[0]?.sentMs ?? state.nowMs, state.nowMs)) {
    return { do: 'stop', because: "the quota's period changed" };
  }
  const band = quotaBandOf(state.declared, quota, spending.largest);
  if (spending.proven > band.high) return { do: 'stop', because: 'more than the quota was spent' };
  const smallest = spending.smallest ?? 0;
  const tokens = Math.max(
    smallest,
    Math.min(
      stepShareOfLimit * customer.tokensPerMinute,
      stepShareOfQuota * quota.tokens,
      gateway.maxPromptTokens + completionCap,
    ),
  );
  const phase = `using up the quota (${Math.round((100 * spending.sure) / quota.tokens)} % spent)`;
  const untilMs = paceUntil(state, tokens);
  if (untilMs > state.nowMs) return { do: 'wait', phase, untilMs };
  const sizing = { exchanges: state.exchanges, maxPromptTokens: gateway.maxPromptTokens };
  return { do: 'send', phase, probes: probesOf(spendStep, tokens, sizing) };
}

/** When so many tokens more keep the last minute below the pace. */
function paceUntil({ declared, exchanges, priorCharges, nowMs }: AuditState, tokens: number): number {
  const most = Math.max(tokens, paceShare * declared.customer.tokensPerMinute);
  const charges = [
    ...priorCharges.map(({ receivedMs, tokens: charged }) => ({ atMs: receivedMs, charged })),
    ...exchanges.map((one) => ({
      atMs: one.receivedMs,
      charged: isAnswered(one) ? (one.usage?.total ?? one.boundTokens) : 0,
    })),
  ].filter(({ atMs }) => atMs > nowMs - minuteMs);
  let inMinute = charges.reduce((total, { charged }) => total + charged, 0);
  let untilMs = nowMs;
  for (const { atMs, charged } of charges.toSorted((a, b) => a.atMs - b.atMs)) {
    if (inMinute + tokens <= most) break;
    inMinute -= charged;
    untilMs = atMs + minuteMs + 1;
  }
  return untilMs;
}
