import { smallestProbe } from '../../probe/smallest-probe';
import type { Step } from '../check';
import { allowanceOf, openTimeOf, slackMs } from './breaker';
import type { Episode } from './episodes';
import type { Facts } from './facts';
import { firstHiddenTakeover, judgeFailover } from './judge-failover';
import { resetsToMiss } from './judge-recovery';
import { isAnswer } from './outcomes';
import { readyMs, smallestCost } from './pace';
import { isLower } from './pool-view';
import { secondsOf } from './view';

/** No failure is followed for longer, whatever its Retry-After says: Azure OpenAI may name a day. */
const longestFollowMs = 10 * 60_000;
/** Where the Retry-After was not shown: a model's own minute is over by then. */
const usualRetryAfterMs = 60_000;
/** After so many failures that others took over, nothing new is to be seen. */
const mostTakenOver = 3;
const pollsOfOpenTime = 15;
const leastPollMs = 1_000;
const mostPollMs = 30_000;

/**
 * A member failed: who answers next, and when is it back? One small probe after another, at once until somebody has
 * answered, then at a pace that follows the breaker's time. Null where there is nothing to follow (any more).
 */
export function planFollow(facts: Facts): Step | null {
  const { view } = facts;
  const episode = view.episodes.at(-1);
  if (episode === undefined) return followHidden(facts);
  if (episode.back !== null) return null;
  if (judgeFailover(view)?.verdict === 'fail') return stop('members failed more often than any breaker allows');
  if (episode.takenOverBy === null) return followUntilTaken(facts, episode);
  if (view.episodes.filter(({ takenOverBy }) => takenOverBy !== null).length >= mostTakenOver) {
    return stop('members kept failing');
  }
  return followUntilBack(facts, episode);
}

/** At once as long as breakers may still have to trip, then for as long as one stays open. */
function followUntilTaken(facts: Facts, { failures, lastFailure }: Episode): Step {
  const { pool } = facts.view;
  const most = allowanceOf(pool).mostErrors * pool.pool.members.length;
  if (failures.length <= most) return poll(facts, facts.state.nowMs);
  const sinceMs = facts.state.nowMs - (failures[0]?.exchange.sentMs ?? 0);
  if (sinceMs > Math.min(longestFollowMs, pool.tripMs + mostPollMs)) return stop('nobody takes over');
  return poll(facts, lastFailure.exchange.receivedMs + Math.max(leastPollMs, pool.tripMs / pollsOfOpenTime));
}

function followUntilBack(facts: Facts, episode: Episode): Step | null {
  const { view, state } = facts;
  const closedMs = episode.lastFailure.exchange.receivedMs;
  const { mostMs } = openTimeOf(episode.lastFailure, view.pool);
  const fell = isLower(view.pool, episode.takenOverBy?.group ?? null);
  const isKnown = mostMs !== Number.POSITIVE_INFINITY;
  if (isKnown && mostMs + slackMs > longestFollowMs) {
    return stop(`a breaker may stay open for ${secondsOf(mostMs)}, longer than this audit waits`);
  }
  const onceMs = (isKnown ? mostMs : Math.max(view.pool.tripMs, usualRetryAfterMs)) + slackMs;
  const allMs = resetsToMiss(view) * onceMs;
  const untilMs = closedMs + (isKnown && fell && allMs <= longestFollowMs ? allMs : onceMs);
  const lastSentMs = state.exchanges.at(-1)?.sentMs ?? state.nowMs;
  if (lastSentMs > untilMs) return fell ? stop('the higher priority was not back when it had to be') : null;
  const pollMs = Math.min(mostPollMs, Math.max(leastPollMs, onceMs / pollsOfOpenTime));
  const dueMs = (state.exchanges.at(-1)?.receivedMs ?? state.nowMs) + pollMs;
  return poll(facts, lastSentMs < untilMs ? Math.min(dueMs, Math.max(untilMs + 1, state.nowMs)) : dueMs);
}

/** A gateway that retries hides the failure: the lower priority answers all of a sudden. */
function followHidden(facts: Facts): Step | null {
  const { view, state } = facts;
  const first = firstHiddenTakeover(view);
  if (first === null) return null;
  const isBack = view.outcomes.some(
    (one) => isAnswer(one) && !isLower(view.pool, one.group) && one.exchange.sentMs >= first.exchange.receivedMs,
  );
  if (isBack) return null;
  const onceMs = Math.max(view.pool.tripMs, view.pool.pool.acceptRetryAfter ? usualRetryAfterMs : 0) + slackMs;
  if (state.nowMs > first.exchange.receivedMs + Math.min(onceMs, longestFollowMs)) {
    return stop('the higher priority was not back in time');
  }
  const pollMs = Math.min(mostPollMs, Math.max(leastPollMs, onceMs / pollsOfOpenTime));
  return poll(facts, (state.exchanges.at(-1)?.receivedMs ?? state.nowMs) + pollMs);
}

function poll({ state }: Facts, dueMs: number): Step {
  const phase = 'following a failure';
  if (state.inFlight > 0) return { do: 'wait', phase, untilMs: Number.POSITIVE_INFINITY };
  if (state.exchanges.length >= state.declared.settings.maxProbes) return stop('the most probes allowed are sent');
  const atMs = Math.max(dueMs, readyMs(state, smallestCost(state)));
  if (state.nowMs < atMs) return { do: 'wait', phase, untilMs: atMs };
  return { do: 'send', phase, probes: [smallestProbe('follow')] };
}

function stop(because: string): Step {
  return { do: 'stop', because };
}
