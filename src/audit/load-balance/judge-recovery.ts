import type { Finding, Verdict } from '../verdict';
import { openTimeOf, slackMs } from './breaker';
import { type Episode, isHigher } from './episodes';
import { firstHiddenTakeover } from './judge-failover';
import { isAfter, isAnswer, type Outcome } from './outcomes';
import { isLower } from './pool-view';
import { secondsOf, type View, wasProvoked } from './view';

/**
 * Others' calls may trip a breaker again the moment it closes, if the member is still ill. On a shared pool so many
 * resets must have been missed, of a member that had been healthy in this audit, before the gateway is blamed.
 */
const resetsMissedOnShared = 3;

/** How many resets must have been missed before a member that stays away is the gateway's fault. */
export function resetsToMiss({ pool }: Pick<View, 'pool'>): number {
  return pool.pool.exclusive && pool.pool.retries === 0 ? 1 : resetsMissedOnShared;
}

/** Did the higher priority come back when its breaker had to close? */
export function judgeRecovery(view: View): Finding | null {
  const findings = view.episodes.flatMap((episode, index) => {
    const { takenOverBy } = episode;
    if (takenOverBy === null || !isLower(view.pool, takenOverBy.group)) return [];
    return [judgeEpisode(episode, { view, next: view.episodes[index + 1] })];
  });
  const hidden = judgeHidden(view);
  const all = hidden === null ? findings : [...findings, hidden];
  const verdictAt = (verdict: Verdict) => all.find((one) => one.finding.verdict === verdict && !one.isOpen)?.finding;
  // That the audit ended during one failure takes nothing from how others ended.
  return verdictAt('fail') ?? verdictAt('inconclusive') ?? verdictAt('pass') ?? all[0]?.finding ?? null;
}

interface Judged {
  readonly finding: Finding;
  /** The audit ended before it had to be back. */
  readonly isOpen: boolean;
}

const notBack = 'not back when the audit ended';

interface Surroundings {
  readonly view: View;
  readonly next: Episode | undefined;
}

function judgeEpisode(episode: Episode, { view, next }: Surroundings): Judged {
  const { lastFailure, dueMs } = episode;
  const closedMs = lastFailure.exchange.receivedMs;
  const openMs = openTimeOf(lastFailure, view.pool).mostMs;
  const backAt = returnOf(episode, { view, next });
  const late = lateAnswers(episode, { view, backAt });
  const wait = openMs === Number.POSITIVE_INFINITY ? 'its Retry-After' : secondsOf(openMs);
  const judged = (verdict: Verdict, observed: string, because: string): Judged => {
    const expected = `the higher priority is back ${wait} after the last failure, ${secondsOf(slackMs)} allowed`;
    return { finding: { rule: 'recovery', verdict, expected, observed, because }, isOpen: false };
  };
  const lastLate = late.at(-1);
  if (lastLate !== undefined) {
    const awayMs = lastLate.exchange.sentMs - closedMs;
    const observed = `a lower priority still answered ${secondsOf(awayMs)} after it`;
    return isProven(episode, { view, missed: Math.floor(awayMs / (dueMs - closedMs)) })
      ? judged('fail', observed, 'The breaker must have closed, and the higher priority was not used again.')
      : judged('inconclusive', observed, 'A failure that we did not see may have opened the breaker again.');
  }
  if (backAt !== null) {
    const observed = `back after ${secondsOf(backAt.exchange.receivedMs - closedMs)}`;
    return judged('pass', observed, 'The higher priority was used again in time.');
  }
  const because =
    dueMs === Number.POSITIVE_INFINITY
      ? 'Its Retry-After was not shown to us, so nobody knows when it had to be back.'
      : 'The audit ended before it had to be back.';
  return { ...judged('inconclusive', notBack, because), isOpen: true };
}

/** It answered, or it failed again: then it was tried, so its breaker had closed. */
function returnOf(episode: Episode, { next }: Surroundings): Outcome | null {
  const triedAgain = next?.failures.find(({ group }) => group === episode.failed || group === null) ?? null;
  return episode.back ?? triedAgain;
}

function lateAnswers(
  { answers, dueMs }: Episode,
  { view, backAt }: { readonly view: View; readonly backAt: Outcome | null },
): readonly Outcome[] {
  // Each instance has its own breaker: the first that is back does not speak for the others.
  const untilMs = view.pool.pool.instances === 1 ? (backAt?.exchange.sentMs ?? Number.POSITIVE_INFINITY) : Infinity;
  return answers.filter(
    ({ group, exchange }) => isLower(view.pool, group) && exchange.sentMs > dueMs && exchange.sentMs < untilMs,
  );
}

function isProven(episode: Episode, { view, missed }: { readonly view: View; readonly missed: number }): boolean {
  const { exclusive, retries, instances } = view.pool.pool;
  if (instances > 1 || (retries > 0 && !wasProvoked(view))) return false;
  if (exclusive && retries === 0) return missed >= resetsToMiss(view);
  const wasHealthy = view.outcomes.some(
    (one) =>
      isAnswer(one) &&
      isHigher(one.group, episode.takenOverBy?.group ?? null) &&
      one.exchange.sentMs < episode.lastFailure.exchange.sentMs,
  );
  return wasHealthy && missed >= resetsToMiss(view);
}

/** Where the gateway retried, the failure itself was not seen, only who answered from then on. */
function judgeHidden(view: View): Judged | null {
  const first = firstHiddenTakeover(view);
  if (first === null) return null;
  const back = view.outcomes.find((one) => isAnswer(one) && isHigher(one.group, first.group) && isAfter(one, first));
  const base = { rule: 'recovery', expected: 'the higher priority is back when its breaker closes' };
  if (back === undefined) {
    const because = 'The gateway retries, so we saw neither when the breaker opened nor whether it opened again.';
    return { finding: { ...base, verdict: 'inconclusive', observed: notBack, because }, isOpen: true };
  }
  const observed = `back after ${secondsOf(back.exchange.receivedMs - first.exchange.receivedMs)}`;
  return {
    finding: { ...base, verdict: 'pass', observed, because: 'The higher priority was used again.' },
    isOpen: false,
  };
}
