import { startEvidence } from './mixture';
import { watchRepetition, watchStickiness } from './turns';

/**
 * Are answers spread as declared? A test that may be looked at after every answer and stopped whenever it has decided.
 *
 * The e-value is the likelihood of the answers under a mixture of all shares (Dirichlet, its mean the declared weights,
 * of total 20) over their likelihood under the declared weights. Under those it is a martingale that starts at 1, so
 * with a probability of at most α it ever reaches 1/α (Ville 1939, "Étude critique de la notion de collectif"; mixtures
 * for this purpose: Robbins 1970, "Statistical methods related to the law of the iterated logarithm"). The shares that
 * the same mixture does not reject form a confidence sequence, which holds at every time at once (Howard, Ramdas,
 * McAuliffe, Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence sequences"; as the ratio of prior to
 * posterior: Waudby-Smith, Ramdas 2020, "Confidence sequences for sampling without replacement").
 *
 * The mixture's likelihood is the product of its predictions, (20·wᵢ + earlier answers of i) / (20 + earlier answers):
 * the same number as the quotient of two Dirichlet normalisers, without a gamma function.
 */
export interface SpreadTest {
  /** The declared shares; each above 0, together 1. */
  readonly shares: readonly number[];
  /** How far off a share may be; 0.1 = ten points. */
  readonly tolerance: number;
  /** Of all audits of a gateway that spreads by independent draws as declared, at most this share is rejected. */
  readonly errorRate: number;
  /** The shortest sequence that can have the shares exactly. */
  readonly period: number;
  /** No rejection before so many answers: a gateway may serve a whole weight in one block. */
  readonly leastToReject: number;
  /** So many answers in a row a correct gateway may take from one member by its algorithm, not by chance. */
  readonly longestBlock: number;
}

export interface SpreadDecision {
  readonly verdict: 'accepted' | 'rejected' | 'undecided';
  /** After how many answers; of all, earlier ones included, where it is undecided. */
  readonly answers: number;
  readonly by: 'e-value' | 'interval' | 'repetition' | null;
}

/**
 * What the confidence sequences leave out, over all shares. Simulated: at 0.02 a share that is off by the tolerance is
 * accepted in 0.5 % of the audits (at 0.05 in 1.4 %), for a fifth more answers of a healthy gateway.
 */
const acceptanceError = 0.02;

/**
 * The first decision on the way, at which an audit stops. `answers` are indexes of `shares` in order; `earlier` counts
 * answers of audits before this one.
 */
export function decideSpread(
  answers: readonly number[],
  test: SpreadTest,
  earlier: readonly number[] = [],
): SpreadDecision {
  const counts = test.shares.map((_, index) => earlier[index] ?? 0);
  const earlierTotal = counts.reduce((sum, count) => sum + count, 0);
  const evidence = startEvidence(test, counts);
  const repeats = watchRepetition(answers, test);
  const staying = watchStickiness(test);
  const acceptAt = Math.log(1 / coverageError(test));
  for (const [index, member] of answers.entries()) {
    evidence.add(member);
    const isSticky = staying(member);
    const total = earlierTotal + index + 1;
    const isOff = evidence.farthest() >= test.tolerance / 2;
    if (total >= test.leastToReject && isOff && evidence.logEValue() >= Math.log(1 / test.errorRate)) {
      return { verdict: 'rejected', answers: total, by: 'e-value' };
    }
    if (repeats(index)) return { verdict: 'accepted', answers: total, by: 'repetition' };
    if (!isSticky && evidence.isWithin(acceptAt)) return { verdict: 'accepted', answers: total, by: 'interval' };
  }
  return { verdict: 'undecided', answers: earlierTotal + answers.length, by: null };
}

/** The confidence sequences hold together: with two members one share says both. */
export function coverageError({ shares }: Pick<SpreadTest, 'shares'>): number {
  return acceptanceError / (shares.length === 2 ? 1 : shares.length);
}
