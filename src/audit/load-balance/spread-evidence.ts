import { leastOpenMs, openTimeOf, slackMs } from './breaker';
import { isAnswer, type Outcome } from './outcomes';
import { keyOf, type PoolView } from './pool-view';
import type { SpreadTest } from './spread-test';
import type { View } from './view';

/** The answers that count for the spread, as indexes of the sharing groups, with when they were sent (epoch ms). */
export interface SpreadEvidence {
  readonly members: readonly number[];
  readonly sentMs: readonly number[];
  /** Counts of earlier audits, in the same order. */
  readonly earlier: readonly number[];
  /** Answers that name nobody of the pool. */
  readonly unknown: number;
  readonly test: SpreadTest;
}

/** Null where there is nothing to spread: one group at the highest priority, or none that shows its priority. */
export function spreadEvidenceOf(view: View): SpreadEvidence | null {
  const { pool, evidence } = view;
  if (pool.sharing.length < 2) return null;
  const counted = healthyAnswers(view);
  const indexOf = (outcome: Outcome) => pool.sharing.findIndex((group) => group.answersAs === outcome.group?.answersAs);
  const shared = counted.filter((outcome) => indexOf(outcome) >= 0);
  const earlier = Object.entries(evidence.earlierCounts ?? {});
  return {
    members: shared.map(indexOf),
    sentMs: shared.map(({ exchange }) => exchange.sentMs),
    earlier: pool.sharing.map((group) =>
      earlier.reduce((sum, [name, count]) => sum + (keyOf(name) === keyOf(group.answersAs) ? count : 0), 0),
    ),
    unknown: counted.filter(({ group }) => group === null).length,
    test: {
      shares: pool.sharing.map(({ share }) => share),
      tolerance: evidence.declared.settings.tolerancePoints / 100,
      errorRate: evidence.declared.settings.errorRate,
      period: pool.period,
      leastToReject: 2 * pool.weightSum * pool.pool.instances,
      longestBlock: pool.mostWeight * pool.pool.instances,
    },
  };
}

/**
 * Answers outside the time in which a failure that we saw may have kept a member out. Where nobody can know for how
 * long (its Retry-After was not shown), until every member of the highest priority has answered again.
 */
function healthyAnswers({ outcomes, pool }: View): readonly Outcome[] {
  const healthy: Outcome[] = [];
  let outUntilMs = Number.NEGATIVE_INFINITY;
  let missing = new Set<string>();
  for (const outcome of outcomes) {
    const { sentMs, receivedMs } = outcome.exchange;
    if (outcome.kind === 'failed' || outcome.kind === 'doubtful') {
      const { mostMs } = openTimeOf(outcome, pool);
      if (mostMs === Number.POSITIVE_INFINITY) missing = new Set(pool.sharing.map((group) => group.answersAs));
      else outUntilMs = Math.max(outUntilMs, receivedMs + mostMs + slackMs);
    }
    if (!isAnswer(outcome)) continue;
    if (missing.size === 0 && sentMs > outUntilMs) healthy.push(outcome);
    missing.delete(outcome.group?.answersAs ?? '');
  }
  return healthy;
}

/** So seldom by chance that a member must have been out. */
const chanceOfAbsence = 1e-6;
/** More absences than these, without a failure that reached us, are no breakers' work. */
const mostAbsences = 3;

/**
 * The evidence without the answers during which one member was out of the pool, as a breaker that others' calls had
 * opened would have it: absent for longer than chance explains, and for at least as long as a breaker stays open (or
 * to an end of the audit). Null where that explains nothing: nobody else uses the pool, or it happened too often.
 */
export function withoutAbsences(spread: SpreadEvidence, view: PoolView, leastMs: number): SpreadEvidence | null {
  if (view.pool.exclusive) return null;
  const absences = spread.test.shares.flatMap((share, member) => absencesOf(member, share, { spread, leastMs }));
  if (absences.length === 0 || absences.length > mostAbsences) return null;
  const isKept = (index: number) => !absences.some(({ from, to }) => index > from && index < to);
  return {
    ...spread,
    members: spread.members.filter((_, index) => isKept(index)),
    sentMs: spread.sentMs.filter((_, index) => isKept(index)),
  };
}

/** Between two of its answers, exclusive; the ends of the audit are -1 and the number of answers. */
function absencesOf(
  member: number,
  share: number,
  { spread, leastMs }: { readonly spread: SpreadEvidence; readonly leastMs: number },
): readonly { readonly from: number; readonly to: number }[] {
  const { members, sentMs } = spread;
  const own = [-1, ...members.flatMap((one, index) => (one === member ? [index] : [])), members.length];
  return own.slice(1).flatMap((to, at) => {
    const from = own[at] ?? -1;
    const isRare = (to - from - 1) * Math.log(1 - share) < Math.log(chanceOfAbsence);
    const awayMs = (sentMs[to] ?? Number.POSITIVE_INFINITY) - (sentMs[from] ?? Number.NEGATIVE_INFINITY);
    return isRare && awayMs >= leastMs ? [{ from, to }] : [];
  });
}

/** Failures too few to open a breaker may have moved this share of the answers; less changes no verdict. */
const movedShare = 0.02;

/**
 * Where the gateway retries, a member may fail and be out without our seeing it. Not so if there is one breaker a
 * member, and every member answered at least as often as its breaker would have kept it silent.
 */
export function mayHideFailures({ sentMs, members, test }: SpreadEvidence, { pool }: View): boolean {
  const { retries, instances, failures } = pool.pool;
  if (retries === 0) return false;
  if (instances > 1) return true;
  const firstMs = sentMs[0] ?? 0;
  const lastMs = sentMs.at(-1) ?? 0;
  const unseen = (2 * failures - 2) * (1 + Math.floor((lastMs - firstMs) / pool.intervalMs));
  if (unseen > movedShare * members.length) return true;
  const longestMs = test.shares.map((_, member) => {
    const own = sentMs.filter((_, index) => members[index] === member);
    return Math.max(...[...own, lastMs].map((atMs, at) => atMs - (own[at - 1] ?? firstMs)));
  });
  return Math.max(...longestMs) >= leastOpenMs(pool);
}
