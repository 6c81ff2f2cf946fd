import { costOf } from '../charges';
import type { AuditState, Step } from '../check';
import type { CustomerDeclaration } from '../declaration';
import { probesOf } from '../token-limit/probe-size';
import type { Facts } from './facts';
import { firstHiddenTakeover } from './judge-failover';
import { readyMs, roomTokens } from './pace';
import { provokeStep } from './view';

const firstTokens = 256;
/** Two minutes' worth: a model counts by the minute, and the first burst may straddle the edge of two. */
const provokeShare = 1.4;
const worthwhileShare = 0.6;

/** At most spent to make a member's own limit trip, beyond the probes that any audit of a pool takes; tokens. */
export function provokeBoundTokens({ tokensPerMinute }: Pick<CustomerDeclaration, 'tokensPerMinute'>): number {
  return Math.ceil(provokeShare * tokensPerMinute);
}

/**
 * Spends, in probes that double in size, until the limit of the member in front is reached, and never more than the
 * pace allows. Null where that is not asked for, has happened, or would cost more than it may.
 */
export function planProvocation({ state, view }: Facts): Step | null {
  const { customer, settings, gateway } = state.declared;
  if (!settings.provokeFailover || view.pool.groups.length < 2) return null;
  if (view.episodes.some(({ takenOverBy }) => takenOverBy !== null) || firstHiddenTakeover(view) !== null) return null;
  const phase = 'spending until a member reaches its limit';
  if (state.inFlight > 0) return { do: 'wait', phase, untilMs: Number.POSITIVE_INFINITY };
  const sent = state.exchanges.filter(({ asked }) => asked.step === provokeStep);
  const spent = sent.reduce((sum, exchange) => sum + costOf(exchange), 0);
  const left = provokeBoundTokens(customer) - spent;
  const wanted = Math.min(
    firstTokens * 2 ** sent.filter(({ status }) => status === 200).length,
    gateway.maxPromptTokens,
    left,
  );
  const room = Math.floor(roomTokens(state));
  const least = Math.min(firstTokens, worthwhileShare * customer.tokensPerMinute);
  if (left < least || state.exchanges.length >= settings.maxProbes) return null;
  const tokens = Math.min(wanted, room);
  const atMs = tokens < least ? whenWorthwhile(state) : readyMs(state, tokens);
  if (state.nowMs < atMs) return { do: 'wait', phase, untilMs: atMs };
  const sizing = { exchanges: state.exchanges, maxPromptTokens: gateway.maxPromptTokens };
  return { do: 'send', phase, probes: probesOf(provokeStep, Math.max(least, tokens), sizing) };
}

/** A few tokens at a time would never reach a limit that is counted by the minute. */
function whenWorthwhile(state: AuditState): number {
  return Math.max(state.nowMs + 1, readyMs(state, worthwhileShare * state.declared.customer.tokensPerMinute));
}
