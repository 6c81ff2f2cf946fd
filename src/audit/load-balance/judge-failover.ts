import type { Finding, Verdict } from '../verdict';
import { allowanceOf, excessOf, failuresByGroup } from './breaker';
import type { Episode } from './episodes';
import { isAnswer, isFailure, type Outcome } from './outcomes';
import { isLower } from './pool-view';
import { provokeStep, secondsOf, type View, wasProvoked } from './view';

/** After a member failed another answered, with no more client errors than the breakers as declared let through. */
export function judgeFailover(view: View): Finding | null {
  const { pool, episodes, outcomes } = view;
  if (pool.pool.members.length < 2) return null;
  const allowed = allowanceOf(pool);
  const failures = outcomes.filter(isFailure);
  const finding = (verdict: Verdict, because: string): Finding => ({
    rule: 'failover',
    verdict,
    expected: `another member answers after at most ${allowed.errors} client ${allowed.errors === 1 ? 'error' : 'errors'}`,
    observed: `${failures.length} client errors in ${episodes.length} ${episodes.length === 1 ? 'failure' : 'failures'}, ${takenOver(episodes)} taken over`,
    because,
  });
  if (failures.length === 0) return judgeHidden(view, finding);
  const byGroup = failuresByGroup(outcomes).filter((own) => own[0]?.group !== null);
  const excess = byGroup.flatMap((own) => excessOf(own, allowed.mostErrors * membersOf(own), pool));
  const [first] = excess;
  if (first !== undefined) {
    const who = first.group?.answersAs;
    return finding(
      'fail',
      `${who} went on failing with probe ${first.exchange.probe}, when its breaker must have been open.`,
    );
  }
  const deserted = episodes.find((episode) => isDeserted(episode, view));
  if (deserted !== undefined) {
    const awayMs = deserted.lastFailure.exchange.receivedMs - (deserted.failures[0]?.exchange.sentMs ?? 0);
    const calls = `${deserted.failures.length} calls in a row failed, for ${secondsOf(awayMs)}`;
    return pool.pool.exclusive
      ? finding('fail', `Nobody took over: ${calls}.`)
      : finding('inconclusive', `Nobody took over (${calls}), but others may have used up the other members as well.`);
  }
  if (byGroup.some((own) => excessOf(own, allowed.errors * membersOf(own), pool).length > 0)) {
    return finding(
      'inconclusive',
      'More errors than declared, but two counting intervals together may let them through.',
    );
  }
  const due = episodes.filter((episode) => !(staysOwn(episode) && episode.failures.length < pool.pool.failures));
  if (due.length === 0) return null;
  const open = due.filter((episode) => episode.takenOverBy === null && episode.back === null);
  if (open.length > 0) return finding('inconclusive', 'The audit ended before anybody had answered again.');
  if (due.some((episode) => episode.takenOverBy === null)) {
    return finding('inconclusive', 'The failed member itself answered again before another had to.');
  }
  return finding('pass', 'Another member answered, with no more errors than the breakers as declared let through.');
}

/** Members that answer alike each have a breaker of their own. */
function membersOf(failures: readonly Outcome[]): number {
  return failures[0]?.group?.members ?? 1;
}

/**
 * More calls in a row failed than trip the breakers of all members, for longer than a breaker stays open, and nobody
 * answered: nobody took over. Only where a member was seen: a gateway that is down itself fails over nothing.
 */
function isDeserted({ failures, failed, answers, lastFailure }: Episode, { pool, outcomes }: View): boolean {
  const most = allowanceOf(pool).mostErrors * pool.pool.members.length;
  const forMs = lastFailure.exchange.receivedMs - (failures[0]?.exchange.sentMs ?? 0);
  const wasSeen = failed !== null || outcomes.some(isAnswer);
  return answers.length === 0 && wasSeen && failures.length > most && forMs >= pool.tripMs;
}

/** Too few failures to trip a breaker, and the member itself answered next: nothing had to fail over. */
function staysOwn({ takenOverBy, back, failed }: Episode): boolean {
  return (
    back !== null && (takenOverBy === null || back.exchange.sentMs < takenOverBy.exchange.sentMs) && failed !== null
  );
}

/** Where the gateway retries, a provoked failure shows only in who answered next. */
function judgeHidden(view: View, finding: (verdict: Verdict, because: string) => Finding): Finding | null {
  const { provokeFailover } = view.evidence.declared.settings;
  if (!provokeFailover || view.pool.groups.length < 2) return null;
  const first = firstHiddenTakeover(view);
  if (first !== null) return finding('pass', 'Another member answered, and no client saw an error.');
  return finding('inconclusive', 'No member failed within what this audit may spend.');
}

/** The first answer of a lower priority after we had spent, where no failure was seen: the gateway retried. */
export function firstHiddenTakeover(view: View): Outcome | null {
  const { outcomes, pool } = view;
  if (pool.pool.retries === 0 || !wasProvoked(view) || outcomes.some(isFailure)) return null;
  const provoked = outcomes.findIndex(({ exchange }) => exchange.asked.step === provokeStep);
  const wasHealthy = outcomes.slice(0, provoked + 1).some((one) => isAnswer(one) && !isLower(pool, one.group));
  const after = outcomes.slice(provoked).find((one) => isAnswer(one) && isLower(pool, one.group));
  return wasHealthy ? (after ?? null) : null;
}

function takenOver(episodes: readonly Episode[]): number {
  return episodes.filter(({ takenOverBy }) => takenOverBy !== null).length;
}
