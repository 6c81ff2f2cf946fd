import { costOf } from '../charges';
import type { AuditState } from '../check';

/** Of the customer's limit, in any minute; the rest is for the customer. */
const shareOfLimit = 0.7;
const minuteMs = 60_000;
/** Azure OpenAI holds requests to one in ten seconds for each 1000 tokens a minute; this many are granted anyway. */
const requestWindowMs = 10_000;
const leastRequests = 10;
/** A probe that is under way may cost its bound; tokens. */
const boundOfSmallest = 22;
const costBeforeKnown = 20;
/** The first probes may come as quickly as the limit allows: round robin shows in their order. */
export const probesAtOnce = 20;

/** What our audit spent on the counter within the minute before `nowMs`, newest last. */
export function roomTokens(state: AuditState): number {
  const spent = chargesSince(state).reduce((sum, { tokens }) => sum + tokens, 0);
  return shareOfLimit * state.declared.customer.tokensPerMinute - spent - state.inFlight * boundOfSmallest;
}

/** When a probe of so many tokens may be sent, as far as finished probes tell; epoch ms, now or later. */
export function readyMs(state: AuditState, tokens: number): number {
  return Math.max(whenTokensFit(state, tokens), whenRequestsFit(state));
}

/** What a probe of the smallest size costs, by those that were answered; tokens. */
export function smallestCost({ exchanges }: AuditState): number {
  const totals = exchanges.flatMap(({ usage }) => (usage === null ? [] : [usage.total]));
  return totals.length === 0 ? costBeforeKnown : Math.min(...totals);
}

function chargesSince({ exchanges, priorCharges, nowMs }: AuditState) {
  const own = exchanges.map((exchange) => ({ atMs: exchange.receivedMs, tokens: costOf(exchange) }));
  const prior = priorCharges.map(({ receivedMs, tokens }) => ({ atMs: receivedMs, tokens }));
  return [...prior, ...own].filter(({ atMs, tokens }) => atMs > nowMs - minuteMs && tokens > 0);
}

function whenTokensFit(state: AuditState, tokens: number): number {
  let room = roomTokens(state);
  if (tokens <= room) return state.nowMs;
  const charges = chargesSince(state).toSorted((a, b) => a.atMs - b.atMs);
  let atMs = state.nowMs;
  // Where even an empty minute has no room for it, the minute is at least empty.
  for (const charge of charges) {
    if (tokens <= room) break;
    room += charge.tokens;
    atMs = charge.atMs + minuteMs + 1;
  }
  return atMs;
}

function whenRequestsFit(state: AuditState): number {
  const { windowMs, most } = requestRate(state);
  const recent = state.exchanges
    .map(({ sentMs }) => sentMs)
    .filter((sentMs) => sentMs > state.nowMs - windowMs)
    .toSorted((a, b) => b - a);
  const free = most - state.inFlight;
  if (recent.length < free) return state.nowMs;
  const oldest = recent[Math.max(0, free - 1)];
  return oldest === undefined ? state.nowMs : oldest + windowMs + 1;
}

/** After the first probes the tokens of a minute are spread evenly over it; members that failed get half as many. */
function requestRate(state: AuditState): { readonly windowMs: number; readonly most: number } {
  const { tokensPerMinute } = state.declared.customer;
  const failures = state.exchanges.filter(({ status }) => status !== null && status >= 500).length;
  const limited = state.exchanges.filter(({ refusedBy }) => refusedBy === 'model').length;
  const allowed = Math.max(leastRequests, Math.floor(tokensPerMinute / 1000));
  const most = Math.max(1, Math.floor(allowed / 2 ** Math.min(3, failures + limited)));
  if (state.exchanges.length + state.inFlight < probesAtOnce) return { windowMs: requestWindowMs, most };
  const evenMs = (minuteMs * smallestCost(state)) / (shareOfLimit * tokensPerMinute);
  if (evenMs >= requestWindowMs) return { windowMs: Math.min(evenMs, minuteMs), most: 1 };
  return { windowMs: requestWindowMs, most: Math.min(most, Math.floor(requestWindowMs / evenMs)) };
}
