import type { AuditState, Step } from '../check';
import { planBurst } from './burst';
import { type Facts, factsOf } from './facts';
import { isAnswered, isTokenLimitRefusal, minuteMs } from './ledger';
import { planSaturation } from './saturate';
import { apartFromSurfaces, planSurfaces, spentOnSurfaces } from './surfaces';
import { planWatch } from './watch';

/**
 * What to send next in an audit of the token limit, in four acts: wait for a quiet start; spend up to the limit
 * (burst) until the gateway refuses; send smallest probes until the refusals are believed (saturate); then watch when
 * it admits again (watch), which tells the kind of limiter and whether its promises hold.
 */
export function nextTokenLimit(state: AuditState): Step {
  if (state.inFlight > 0) return { do: 'wait', phase: 'waiting for answers', untilMs: Number.POSITIVE_INFINITY };
  const apart = factsOf(apartFromSurfaces(state));
  const facts = { ...apart, spent: apart.spent + spentOnSurfaces(state.exchanges) };
  return stopForTrouble(facts) ?? waitForQuiet(facts) ?? planSurfaces(facts, state.exchanges) ?? act(facts);
}

function act(facts: Facts): Step {
  if (facts.ledger.refusals.length === 0) return planBurst(facts);
  if (facts.saturatedAt === null) return planSaturation(facts);
  return planWatch(facts, facts.saturatedAt);
}

const troublesToStop = 3;
const pauseAfterTroubleMs = 1_000;

/** Anything but an answer or the token limit's own refusal decides nothing; three of them running end the audit. */
function stopForTrouble(facts: Facts): Step | null {
  const { exchanges, state } = facts;
  const last = exchanges.at(-1);
  if (last === undefined || isAnswered(last) || isTokenLimitRefusal(last)) return null;
  if (last.refusedBy === 'gateway-quota') return { do: 'stop', because: 'the token quota is used up' };
  if (last.refusedBy === 'model') return { do: 'stop', because: 'the model refused before the gateway did' };
  if (last.status === 401 || last.status === 403)
    return { do: 'stop', because: `the key was refused (${last.status})` };
  const recent = exchanges.slice(-troublesToStop);
  if (recent.length === troublesToStop && recent.every((e) => !isAnswered(e) && !isTokenLimitRefusal(e))) {
    const what = last.error?.kind ?? `status ${last.status}`;
    return { do: 'stop', because: `${troublesToStop} probes in a row got no usable answer (${what})` };
  }
  const resumeMs = last.receivedMs + pauseAfterTroubleMs;
  return state.nowMs < resumeMs ? { do: 'wait', phase: 'pausing after trouble', untilMs: resumeMs } : null;
}

/** Prior charges younger than this, and no more than this share of the limit, only take room; others are waited out. */
const priorAgeMs = 20_000;
const priorShare = 0.4;
/**
 * A burst that begins within these seconds of the minute keeps clear of a fixed window's edge; where a bucket is to be
 * expected, so does what is watched after it.
 */
const earliestSecondMs = 6_000;
const latestSecondMs = { 'sliding-window': 50_000, 'token-bucket': 36_000, 'fixed-window': 36_000 };

function waitForQuiet(facts: Facts): Step | null {
  const { state } = facts;
  if (state.exchanges.length > 0) return null;
  const waitUntil = (untilMs: number): Step => ({ do: 'wait', phase: 'waiting for a quiet counter', untilMs });

  const unknownBefore = state.priorCharges.filter((charge) => charge.receivedMs <= state.ledgerSinceMs);
  const debtTokens = unknownBefore.reduce((total, charge) => total + charge.tokens, 0);
  const quietMs = state.ledgerSinceMs + minuteMs * (1 + debtTokens / facts.limit);
  if (state.nowMs < quietMs) return waitUntil(quietMs);

  const prior = state.priorCharges.filter((charge) => charge.receivedMs > state.nowMs - minuteMs);
  const oldest = prior[0];
  const priorTokens = prior.reduce((total, charge) => total + charge.tokens, 0);
  if (oldest && (oldest.sentMs < state.nowMs - priorAgeMs || priorTokens > priorShare * facts.limit)) {
    return waitUntil(oldest.receivedMs + minuteMs + 1);
  }
  const secondMs = state.nowMs % minuteMs;
  if (secondMs < earliestSecondMs) return waitUntil(state.nowMs - secondMs + earliestSecondMs);
  const latest = facts.kinds.map(({ kind }) => latestSecondMs[facts.counters > 1 ? 'token-bucket' : kind]);
  const latestMs = Math.min(...latest);
  if (secondMs > latestMs) return waitUntil(state.nowMs - secondMs + minuteMs + earliestSecondMs);
  return null;
}
