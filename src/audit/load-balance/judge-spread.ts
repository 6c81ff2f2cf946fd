import type { ShareEstimate } from '../report';
import type { Finding, Verdict } from '../verdict';
import { leastOpenMs } from './breaker';
import { shareInterval } from './mixture';
import { mayHideFailures, type SpreadEvidence, spreadEvidenceOf, withoutAbsences } from './spread-evidence';
import { coverageError, decideSpread, type SpreadDecision } from './spread-test';
import { listOf, type View } from './view';

/** Members that keep failing are taken out of turn again and again, and not only when we see it. */
function mostFailures({ pool }: View): number {
  // Of several instances one may leave a member out while the others use it, which looks like wrong weights.
  return pool.pool.instances > 1 && !pool.pool.exclusive ? 0 : 2;
}
/** A member that is away is given so many answers more to come back. */
const mostAfterExcuse = 400;

/** Is the traffic of the highest priority spread by the declared weights? */
export function judgeSpread(view: View): Finding | null {
  const spread = spreadEvidenceOf(view);
  if (spread === null) return null;
  const { tolerancePoints } = view.evidence.declared.settings;
  const total = totalOf(spread);
  const finding = (verdict: Verdict, because: string): Finding => ({
    rule: 'spread',
    verdict,
    expected: `${listOf(view.pool.sharing.map((group) => `${group.answersAs} ${percentOf(group.share)}`))}, each ± ${tolerancePoints} points (less than half of that off never fails, in between may fall either way)`,
    observed: total === 0 ? 'no answers that count' : `${describeShares(spread, view)} of ${total} answers`,
    because,
  });
  const decision = decideFor(spread, view);
  const after = `(after ${decision.answers} answers)`;
  if (isMuchUnknown(spread)) {
    return finding(
      'inconclusive',
      `${spread.unknown} answers more name no declared member, which could tip the scales.`,
    );
  }
  switch (decision.verdict) {
    case 'undecided':
      return finding(
        'inconclusive',
        `${total} answers do not decide; the next audit of this declaration can go on from here.`,
      );
    case 'excused':
      return finding('inconclusive', decision.because);
    case 'accepted':
      return finding(
        'pass',
        decision.by === 'repetition'
          ? `The members take turns in a sequence that repeats exactly, with the declared shares ${after}.`
          : `Every share's confidence sequence lies within the tolerance ${after}.`,
      );
    case 'rejected': {
      const odds = Math.round(1 / spread.test.errorRate);
      return finding(
        'fail',
        `Answers this far from the declared weights come by chance in less than one of ${odds} audits ${after}.`,
      );
    }
    default:
      return decision.verdict satisfies never;
  }
}

/** Nothing more is to be learned about the spread, or there is none. */
export function isSpreadSettled(view: View): boolean {
  const spread = spreadEvidenceOf(view);
  if (spread === null) return true;
  const { verdict, answers } = decideFor(spread, view);
  return verdict === 'excused' ? totalOf(spread) > answers + mostAfterExcuse : verdict !== 'undecided';
}

interface Decision extends Omit<SpreadDecision, 'verdict'> {
  readonly verdict: SpreadDecision['verdict'] | 'excused';
  readonly because: string;
}

/** What else than wrong weights may have made the shares: breakers that we did not see at work. */
function decideFor(spread: SpreadEvidence, view: View): Decision {
  const all = { ...decideSpread(spread.members, spread.test, spread.earlier), because: '' };
  if (all.verdict !== 'rejected') return all;
  if (view.episodes.length > mostFailures(view)) {
    return { ...all, verdict: 'excused', because: 'Members kept failing, so their breakers kept changing the shares.' };
  }
  if (isTooShort(spread, view)) return { ...all, verdict: 'undecided' };
  if (mayHideFailures(spread, view)) {
    return {
      ...all,
      verdict: 'excused',
      because: 'The gateway retries, so members may have failed without our seeing it.',
    };
  }
  const without = withoutAbsences(spread, view.pool, leastOpenMs(view.pool));
  if (without === null) return all;
  const present = decideSpread(without.members, without.test, without.earlier);
  if (present.verdict !== 'undecided') return { ...present, because: '' };
  return {
    ...all,
    verdict: 'excused',
    because:
      'A member was away as if calls of others had opened its breaker; without that time the answers do not speak against the weights.',
  };
}

/** A breaker of one instance, opened by calls of others, changes the shares for its trip time. */
function isTooShort({ sentMs }: SpreadEvidence, { pool }: View): boolean {
  const lastedMs = (sentMs.at(-1) ?? 0) - (sentMs[0] ?? 0);
  return pool.pool.instances > 1 && !pool.pool.exclusive && lastedMs < 2 * pool.tripMs;
}

export function sharesOf(view: View): Readonly<Record<string, ShareEstimate>> | null {
  const spread = spreadEvidenceOf(view);
  const total = spread === null ? 0 : totalOf(spread);
  if (spread === null || total === 0) return null;
  const errorRate = coverageError(spread.test);
  return Object.fromEntries(
    view.pool.sharing.map(({ answersAs, share }, member) => {
      const count = countOf(spread, member);
      const { low, high } = shareInterval({ count, total }, share, errorRate);
      const observed = count / total;
      return [
        answersAs,
        {
          expected: rounded(share),
          observed: rounded(observed),
          low: rounded(low),
          high: rounded(high),
          answers: count,
        },
      ];
    }),
  );
}

function isMuchUnknown({ unknown, members, test }: SpreadEvidence): boolean {
  return unknown > 0 && unknown / (unknown + members.length) >= test.tolerance / 2;
}

function describeShares(spread: SpreadEvidence, view: View): string {
  const total = totalOf(spread);
  return listOf(
    view.pool.sharing.map(({ answersAs }, member) => `${answersAs} ${percentOf(countOf(spread, member) / total)}`),
  );
}

function countOf({ members, earlier }: SpreadEvidence, member: number): number {
  return (earlier[member] ?? 0) + members.filter((one) => one === member).length;
}

function totalOf({ members, earlier }: SpreadEvidence): number {
  return members.length + earlier.reduce((sum, count) => sum + count, 0);
}

function percentOf(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
