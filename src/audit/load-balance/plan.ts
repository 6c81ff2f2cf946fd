import { smallestProbe } from '../../probe/smallest-probe';
import type { AuditState, Step } from '../check';
import type { Facts } from './facts';
import { planFollow } from './follow';
import { isSpreadSettled } from './judge-spread';
import { isAnswer } from './outcomes';
import { probesAtOnce, readyMs, smallestCost } from './pace';
import { isLower } from './pool-view';
import { planProvocation } from './provoke';
import { viewOf } from './view';

/**
 * What to send next in an audit of a backend pool: smallest probes until the spread is decided (and some in any case,
 * to see who answers at all); whenever a member fails, what comes of it is followed first; then, where it is asked for,
 * a failure is provoked.
 */
export function nextLoadBalance(state: AuditState): Step {
  const view = viewOf(state);
  if (view === null) return stop('no pool is declared');
  const facts = { state, view };
  return (
    stopForTrouble(facts) ??
    waitForLimit(state) ??
    planFollow(facts) ??
    planMeasurement(facts) ??
    planProvocation(facts) ??
    stop('all that this audit can see was seen')
  );
}

const troublesToStop = 3;
const pauseAfterTroubleMs = 1_000;

function stopForTrouble({ state, view }: Facts): Step | null {
  const last = state.exchanges.at(-1);
  if (last === undefined) return null;
  if (last.refusedBy === 'gateway-quota') return stop('the token quota is used up');
  if (last.status === 401 || last.status === 403) return stop(`the key was refused (${last.status})`);
  const recent = state.exchanges.slice(-troublesToStop);
  const troubled = recent.filter((exchange) => {
    const kind = view.outcomes.find((one) => one.exchange === exchange)?.kind;
    const failsAlone = kind === 'failed' && view.pool.groups.length < 2;
    return kind === 'doubtful' || failsAlone || (kind === 'set-aside' && exchange.refusedBy !== 'gateway-token-limit');
  });
  if (!troubled.includes(last)) return null;
  if (troubled.length === troublesToStop) {
    const what = last.error?.kind ?? `status ${last.status}`;
    return stop(`${troublesToStop} probes in a row got no usable answer (${what})`);
  }
  const resumeMs = last.receivedMs + pauseAfterTroubleMs;
  return state.nowMs < resumeMs ? { do: 'wait', phase: 'pausing after trouble', untilMs: resumeMs } : null;
}

const refusalsToStop = 5;
const usualWaitMs = 60_000;
const longestWaitMs = 10 * 60_000;

/** The customer's own limit refused, though we kept below it: somebody else uses it, and comes first. */
function waitForLimit(state: AuditState): Step | null {
  const refusals = state.exchanges.filter(({ refusedBy }) => refusedBy === 'gateway-token-limit');
  const last = refusals.at(-1);
  if (last === undefined) return null;
  if (refusals.length >= refusalsToStop) return stop("others use up the customer's token limit");
  const waitMs = last.retryAfterMs ?? usualWaitMs;
  if (waitMs > longestWaitMs) return stop('the token limit asks to wait for longer than this audit may last');
  const untilMs = last.receivedMs + waitMs;
  return state.nowMs < untilMs ? { do: 'wait', phase: 'waiting for the token limit', untilMs } : null;
}

const answersToIdentify = 5;
const lanes = 4;
const mostInOrder = 60;

function planMeasurement(facts: Facts): Step | null {
  const { state, view } = facts;
  const phase = 'seeing who answers';
  const total = state.exchanges.length + state.inFlight;
  const waiting: Step = { do: 'wait', phase, untilMs: Number.POSITIVE_INFINITY };
  if (total >= probesAtOnce && isSpreadSettled(view)) return state.inFlight > 0 ? waiting : null;
  if (total >= state.declared.settings.maxProbes) {
    return state.inFlight > 0 ? waiting : stop('the most probes allowed are sent');
  }
  const answers = view.outcomes.filter(isAnswer);
  if (answers.length >= answersToIdentify && answers.every(({ group }) => group === null)) {
    return stop('no answer says which backend gave it');
  }
  const recent = answers.slice(-probesAtOnce);
  if (recent.length === probesAtOnce && recent.every(({ group }) => isLower(view.pool, group))) {
    return stop('the highest priority does not answer');
  }
  if (state.inFlight >= lanesFor(facts)) return waiting;
  const atMs = readyMs(state, smallestCost(state));
  if (state.nowMs < atMs) return { do: 'wait', phase, untilMs: atMs };
  return { do: 'send', phase, probes: [smallestProbe('spread')] };
}

/** One after another while the order tells something: round robin at the start, and anything out of the ordinary. */
function lanesFor({ state, view }: Facts): number {
  const { period, pool } = view.pool;
  const inOrder = Math.min(mostInOrder, Math.max(probesAtOnce, 4 * period * pool.instances));
  const isOrdinary = view.outcomes.slice(-lanes).every((one) => isAnswer(one) && !isLower(view.pool, one.group));
  return state.exchanges.length >= inOrder && isOrdinary ? lanes : 1;
}

function stop(because: string): Step {
  return { do: 'stop', because };
}
