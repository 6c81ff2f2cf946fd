import type { Exchange } from '../../probe/exchange';
import { costOf } from '../charges';
import type { AuditState, Step } from '../check';
import { refusalsToBelieve, slackMs } from '../token-limit/facts';
import { isAnswered, isTokenLimitRefusal, minuteMs } from '../token-limit/ledger';
import { probesOf } from '../token-limit/probe-size';
import { groupsNeeded, paceFor, tricklesAt } from './pace';
import {
  afterStep,
  beforeStep,
  holdStep,
  loadStep,
  type Neighbour,
  pushStep,
  type Scene,
  sceneOf,
  trickle,
} from './scene';

/**
 * What to send next in an audit of isolation, in four acts: the neighbours trickle alone (before); the audited
 * customer's limit is used up, in large steps and a little into debt (load, push); while it is refused, which costs
 * nothing, the neighbours go on (hold); and only where one of them was refused, all go on until this customer is
 * admitted again (after): a neighbour on the same counter comes back with it, one with a limit of its own need not.
 */
export function nextIsolation(state: AuditState): Step {
  if (state.inFlight > 0) return { do: 'wait', phase: 'waiting for answers', untilMs: Number.POSITIVE_INFINITY };
  const stage: Stage = { state, scene: sceneOf(state) };
  return stopEarly(stage) ?? waitForQuiet(stage) ?? before(stage) ?? load(stage) ?? hold(stage) ?? after(stage);
}

interface Stage {
  readonly state: AuditState;
  readonly scene: Scene;
}

function stopEarly({ state, scene }: Stage): Step | null {
  if (scene.neighbours.length === 0) {
    return { do: 'stop', because: 'every customer in checkSettings.isolation.with shares the counter by declaration' };
  }
  const last = scene.own.at(-1);
  if (last === undefined || isAnswered(last) || isTokenLimitRefusal(last)) return null;
  if (last.refusedBy === 'model') return { do: 'stop', because: 'the model refused before the gateway did' };
  if (last.refusedBy === 'gateway-quota') return { do: 'stop', because: 'the token quota is used up' };
  if (last.status === 401 || last.status === 403)
    return { do: 'stop', because: `the key was refused (${last.status})` };
  const recent = scene.own.slice(-troublesToStop);
  if (recent.length === troublesToStop && recent.every((one) => !isAnswered(one) && !isTokenLimitRefusal(one))) {
    return { do: 'stop', because: `${troublesToStop} probes in a row got no usable answer` };
  }
  const resumeMs = last.receivedMs + pauseMs;
  return state.nowMs < resumeMs ? { do: 'wait', phase: 'pausing after trouble', untilMs: resumeMs } : null;
}

const troublesToStop = 3;
const pauseMs = 1_000;

/** What we ourselves used of any of these counters must be out of its minute, and a debt of ours paid. */
function waitForQuiet({ state }: Stage): Step | null {
  if (state.exchanges.length > 0) return null;
  const { customer, neighbours = [] } = state.declared;
  const untilMs = Math.max(
    ...state.priorCharges.map(({ receivedMs, tokens, counter }) => {
      const owner = neighbours.find((neighbour) => neighbour.counter === counter) ?? customer;
      return receivedMs + minuteMs * (1 + Math.min(tokens, owner.tokensPerMinute) / owner.tokensPerMinute);
    }),
    state.ledgerSinceMs > 0 ? state.ledgerSinceMs + minuteMs : 0,
  );
  return state.nowMs < untilMs ? { do: 'wait', phase: 'waiting for quiet counters', untilMs } : null;
}

const roundsBefore = 4;
const pauseBeforeMs = 300;

/** The first round has one small probe of the audited customer too: it shows what a probe costs. */
function before({ state, scene }: Stage): Step | null {
  const phase = 'asking as the others, before the load';
  if (scene.own.some(({ asked }) => asked.step === loadStep)) return null;
  const rounds = roundsOf(state.exchanges, beforeStep);
  const round = roundsIn(scene.neighbours)[rounds];
  if (round === undefined) {
    if (scene.neighbours.some(wasAdmittedBefore)) return null;
    return { do: 'stop', because: 'none of the others was admitted before the load' };
  }
  const resting = restUntil(state, pauseBeforeMs);
  if (resting !== null) return { do: 'wait', phase, untilMs: resting };
  const first = rounds === 0 ? [trickle(beforeStep)] : [];
  return { do: 'send', phase, probes: [...first, ...tricklesAt(beforeStep, round, scene.neighbours)] };
}

/** Those before the load in which at least one neighbour can afford a probe. */
function roundsIn(neighbours: readonly Neighbour[]): readonly number[] {
  const rounds = Array.from({ length: roundsBefore }, (_, round) => round);
  return rounds.filter((round) => tricklesAt(beforeStep, round, neighbours).length > 0);
}

function wasAdmittedBefore({ probes }: Neighbour): boolean {
  return probes.some(({ outcome }) => outcome === 'admitted');
}

/** Shares of the limit: half, then just beyond it, then into a debt that a bucket needs some 15 s to pay. */
const coarseShares = [0.5, 0.58];
const debtShare = 0.25;

function load({ state, scene }: Stage): Step | null {
  if (scene.firstRefusal !== null) return null;
  const groups = groupsOf(scene, loadStep);
  const share = coarseShares[groups.length] ?? debtShare;
  return (
    spend({ state, scene }, loadStep, share) ?? { do: 'stop', because: 'the most that this audit may spend is spent' }
  );
}

/** A group of the audited customer's, with a trickle of each neighbour that can afford one beside it. */
function spend({ state, scene }: Stage, step: string, share: number): Step | null {
  const { customer, gateway, settings } = state.declared;
  const limit = gateway.counters * customer.tokensPerMinute;
  const spent = scene.own.reduce((total, exchange) => total + costOf(exchange), 0);
  if (spent + share * limit > settings.maxTokensFactor * limit + debtShare * limit) return null;
  const sizing = { exchanges: scene.own, maxPromptTokens: gateway.maxPromptTokens };
  const own = probesOf(step, share * limit, sizing);
  const round = roundsBefore + groupsOf(scene, loadStep).length;
  const beside = step === loadStep ? tricklesAt(step, round, scene.neighbours) : [];
  const phase = `using up the limit (${Math.round((100 * spent) / limit)} % of it spent)`;
  return { do: 'send', phase, probes: [...own, ...beside] };
}

const pauseInHoldMs = 600;
const pauseInPushMs = 250;
const mostPushTries = 40;
const mostHoldRounds = 40;

/** Until every neighbour was seen often enough between two refusals of the audited customer. */
function hold({ state, scene }: Stage): Step | null {
  const phase = 'asking as the others, while this customer is refused';
  const rounds = roundsOf(state.exchanges, holdStep);
  if (scene.own.some(({ asked }) => asked.step === afterStep)) return null;
  const isBelieved = refusedInARow(scene.own) >= refusalsToBelieve(state.declared.gateway.counters);
  if (isBelieved && scene.neighbours.every(wasSeenEnough)) return null;
  if (rounds >= mostHoldRounds) return { do: 'stop', because: 'refusals and admissions kept alternating' };
  const lastIn = scene.own.findLast(isAnswered);
  if (lastIn?.asked.step === holdStep) return pushAgain({ state, scene });
  const resting = rounds === 0 ? null : restUntil(state, pauseInHoldMs);
  if (resting !== null) return { do: 'wait', phase, untilMs: resting };
  const asking = scene.neighbours.filter((neighbour) => !wasSeenEnough(neighbour));
  return {
    do: 'send',
    phase,
    probes: [trickle(holdStep), ...asking.map(({ declared }) => trickle(holdStep, declared))],
  };
}

/** A bucket has let it in again: back into debt, at once or, where that is refused (for nothing), as soon as it is let in. */
function pushAgain({ state, scene }: Stage): Step {
  const phase = 'using up what has been refilled';
  const given: Step = { do: 'stop', because: 'the limit could not be kept used up' };
  const last = scene.own.at(-1);
  if (groupsOf(scene, pushStep).length >= mostPushTries) return given;
  const resting = last?.asked.step === pushStep ? restUntil(state, pauseInPushMs) : null;
  if (resting !== null) return { do: 'wait', phase, untilMs: resting };
  return spend({ state, scene }, pushStep, debtShare) ?? given;
}

function wasSeenEnough(neighbour: Neighbour): boolean {
  const during = neighbour.probes.filter(({ moment }) => moment === 'during');
  const isFree = during.every(({ outcome }) => outcome !== 'admitted');
  return during.length >= (isFree ? groupsNeeded : paceFor(neighbour.declared).during);
}

const pauseInAfterMs = 1_500;
const recoveryBeyondMs = 30_000;
const answersAfter = 2;

/** Both go on until the audited customer is let in again, and the refused neighbours with it or not. */
function after({ state, scene }: Stage): Step {
  const phase = 'waiting for this customer to be admitted again';
  const refused = scene.neighbours.filter(({ probes }) => probes.some(wasRefusedDuring));
  if (refused.length === 0) return { do: 'stop', because: 'the others were asked while this customer was refused' };
  const isSeen = refused.every(({ probes }) => admittedAfter(probes) >= answersAfter);
  if (isSeen) return { do: 'stop', because: 'the others were asked before, during and after the load' };
  const lastCharge = scene.own.findLast((one) => isAnswered(one) && one.asked.step !== afterStep);
  const untilMs = (lastCharge?.receivedMs ?? state.nowMs) + minuteMs + slackMs + recoveryBeyondMs;
  if (state.nowMs > untilMs) return { do: 'stop', because: 'the others were not seen to be admitted again in time' };
  const isBack = scene.back !== null;
  const resting = restUntil(state, isBack ? refillMs(state, refused.length + 1) : pauseInAfterMs);
  if (resting !== null) return { do: 'wait', phase, untilMs: resting };
  return {
    do: 'send',
    phase,
    probes: [trickle(afterStep), ...refused.map(({ declared }) => trickle(afterStep, declared))],
  };
}

function wasRefusedDuring({ moment, outcome }: Neighbour['probes'][number]): boolean {
  return moment === 'during' && outcome === 'token-limit';
}

function admittedAfter(probes: Neighbour['probes']): number {
  return probes.filter(({ moment, outcome }) => moment === 'after' && outcome === 'admitted').length;
}

/** What a bucket needs to refill what one round of all of them takes. */
function refillMs({ declared }: AuditState, probes: number): number {
  return pauseInAfterMs + (minuteMs * probes * tokensOfTrickle) / declared.customer.tokensPerMinute;
}

const tokensOfTrickle = 20;

function refusedInARow(own: readonly Exchange[]): number {
  const answeredAt = own.findLastIndex(isAnswered);
  return own.slice(answeredAt + 1).filter(isTokenLimitRefusal).length;
}

function restUntil({ exchanges, nowMs }: AuditState, restMs: number): number | null {
  const dueMs = Math.max(0, ...exchanges.map(({ receivedMs }) => receivedMs)) + restMs;
  return nowMs < dueMs ? dueMs : null;
}

/** Probes sent together are one round. */
function roundsOf(exchanges: readonly Exchange[], step: string): number {
  return new Set(exchanges.filter(({ asked }) => asked.step === step).map(({ intendedMs }) => intendedMs)).size;
}

function groupsOf({ own }: Scene, step: string): readonly number[] {
  return [...new Set(own.filter(({ asked }) => asked.step === step).map(({ intendedMs }) => intendedMs))];
}
