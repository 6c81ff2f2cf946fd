import type { Finding, Verdict } from '../verdict';
import { leastOpenMs, openTimeOf, slackMs } from './breaker';
import { isHigher } from './episodes';
import { isAfter, isAnswer, type Outcome } from './outcomes';
import { isLower } from './pool-view';
import { provokeStep, type View } from './view';

/**
 * A lower priority may answer only while every breaker above it is open. What we see is who answered; other people's
 * calls trip breakers too, so a lower answer alone proves nothing. Two things do: the same higher member before and
 * after it, within less than any breaker can be open; and, on a pool that nobody else uses, a lower answer though the
 * higher member had answered and nothing failed since.
 */
export function judgePriority(view: View): Finding | null {
  const { pool, outcomes } = view;
  const answers = outcomes.filter((one) => isAnswer(one) && one.group !== null);
  if (!pool.hasLower || answers.length === 0) return null;
  const lower = answers.filter(({ group }) => isLower(pool, group));
  const unexplained = unexplainedAnswers(view);
  const impossible = unexplained.filter(
    (one) => isTooQuick(one, answers, view) || isCausedByNobody(one, answers, view),
  );
  const finding = (verdict: Verdict, because: string): Finding => ({
    rule: 'priority',
    verdict,
    expected: `priority ${pool.topPriority} answers, a lower one only while its breakers are open`,
    observed: `${lower.length} of ${answers.length} answers from a lower priority, ${unexplained.length} of them without a failure that we saw`,
    because,
  });
  const [first] = impossible;
  if (first !== undefined) {
    const who = `${first.group?.answersAs} answered probe ${first.exchange.probe}`;
    return finding('fail', `${who} while no breaker of the higher priority can have been open.`);
  }
  if (unexplained.length > 0) {
    return finding('inconclusive', 'Calls of others, or failures that the gateway hid, may have opened the breakers.');
  }
  if (lower.length > 0) return finding('pass', 'The lower priority answered only after the higher one had failed.');
  return finding('pass', 'Only the highest priority answered.');
}

/** Lower answers without a failure before them that may have opened a breaker, or kept it open since. */
function unexplainedAnswers({ outcomes, pool }: View): readonly Outcome[] {
  const isSimple = pool.pool.instances === 1 && pool.sharing.length === 1;
  const unexplained: Outcome[] = [];
  let explainedUntilMs = Number.NEGATIVE_INFINITY;
  let goesOn = false;
  for (const outcome of outcomes) {
    const { sentMs, receivedMs, asked } = outcome.exchange;
    const mayHideFailure = pool.pool.retries > 0 && asked.step === provokeStep;
    if (outcome.kind === 'failed' || outcome.kind === 'doubtful') {
      explainedUntilMs = Math.max(explainedUntilMs, receivedMs + openTimeOf(outcome, pool).mostMs + slackMs);
    } else if (mayHideFailure) explainedUntilMs = Number.POSITIVE_INFINITY;
    if (!isAnswer(outcome) || outcome.group === null) continue;
    if (!isLower(pool, outcome.group)) {
      goesOn = false;
      // It is closed again, so what had opened it explains nothing any more.
      if (isSimple && explainedUntilMs === Number.POSITIVE_INFINITY && !mayHideFailure) explainedUntilMs = sentMs;
    } else if (sentMs <= explainedUntilMs || goesOn) goesOn = true;
    else unexplained.push(outcome);
  }
  return unexplained;
}

/** The same single member answered before and after it, in less time than the shortest that a breaker stays open. */
function isTooQuick(lower: Outcome, answers: readonly Outcome[], { pool }: View): boolean {
  if (pool.pool.instances > 1 || pool.pool.retries > 0) return false;
  const higher = pool.groups.filter((group) => group.members === 1 && isHigher(group, lower.group));
  return higher.some((group) => {
    const before = answers.findLast((one) => one.group === group && isAfter(lower, one));
    const after = answers.find((one) => one.group === group && isAfter(one, lower));
    if (before === undefined || after === undefined) return false;
    return after.exchange.receivedMs - before.exchange.sentMs < tooQuickShare * leastOpenMs(pool);
  });
}

/** Breakers are documented as approximate. */
const tooQuickShare = 0.9;

/** Nobody else uses the pool, a higher member had answered, and nothing failed since. */
function isCausedByNobody(lower: Outcome, answers: readonly Outcome[], { pool }: View): boolean {
  const { exclusive, retries, instances } = pool.pool;
  if (!exclusive || retries > 0 || instances > 1) return false;
  return answers.some((one) => isHigher(one.group, lower.group) && isAfter(lower, one));
}
