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

const mixtureTotal = 20;
/** Wrongly accepted at most: what the confidence sequences leave out, over all shares. */
const acceptanceError = 0.05;
const periodsToBelieve = 4;
const leastToRepeat = 20;

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

/** The share's confidence sequence after `count` of `total` answers; points between 0 and 1. */
export function shareInterval(
  answered: { readonly count: number; readonly total: number },
  share: number,
  errorRate: number,
): { readonly low: number; readonly high: number } {
  const { count, total } = answered;
  const estimate = total === 0 ? share : count / total;
  const logMixture = logBetaMixture(count, total, share);
  const isOut = (p: number) => logMixture - logBernoulli(count, total, p) >= Math.log(1 / errorRate);
  return { low: edgeBetween(0, estimate, isOut), high: edgeBetween(1, estimate, isOut) };
}

/** The confidence sequences hold together: with two members one share says both. */
export function coverageError({ shares }: Pick<SpreadTest, 'shares'>): number {
  return acceptanceError / (shares.length === 2 ? 1 : shares.length);
}

function startEvidence(test: SpreadTest, startCounts: readonly number[]) {
  const { shares, tolerance } = test;
  const counts = [...startCounts];
  let total = counts.reduce((sum, count) => sum + count, 0);
  let logE = logDirichletRatio(counts, shares);
  const logMargins = shares.map((share, index) => logBetaMixture(counts[index] ?? 0, total, share));
  return {
    add(member: number): void {
      const share = shares[member] ?? 1;
      logE += Math.log((mixtureTotal * share + (counts[member] ?? 0)) / (mixtureTotal + total) / share);
      shares.forEach((own, index) => {
        const count = counts[index] ?? 0;
        const expected = index === member ? mixtureTotal * own + count : mixtureTotal * (1 - own) + total - count;
        logMargins[index] = (logMargins[index] ?? 0) + Math.log(expected / (mixtureTotal + total));
      });
      counts[member] = (counts[member] ?? 0) + 1;
      total += 1;
    },
    logEValue: () => logE,
    farthest: () => Math.max(...shares.map((share, index) => Math.abs((counts[index] ?? 0) / total - share))),
    /** Whether every share's confidence sequence lies within the tolerance: convex, so its two edges tell. */
    isWithin: (threshold: number) =>
      shares.every((share, index) => {
        const count = counts[index] ?? 0;
        const logMixture = logMargins[index] ?? 0;
        const isOut = (p: number) => p <= 0 || p >= 1 || logMixture - logBernoulli(count, total, p) >= threshold;
        return Math.abs(count / total - share) < tolerance && isOut(share - tolerance) && isOut(share + tolerance);
      }),
  };
}

/**
 * Whether the answers up to an index repeat exactly with the declared shares, over four periods and twenty answers at
 * least: round robin, by whatever algorithm, which needs no statistics.
 */
function watchRepetition(answers: readonly number[], { shares, period }: SpreadTest): (index: number) => boolean {
  const longest = Math.floor(answers.length / periodsToBelieve / period);
  let candidates: readonly number[] = Array.from({ length: longest }, (_, at) => (at + 1) * period);
  return (index) => {
    candidates = candidates.filter((length) => index < length || answers[index] === answers[index - length]);
    const seen = index + 1;
    return (
      seen >= leastToRepeat &&
      candidates.some((length) => seen >= periodsToBelieve * length && hasShares(answers.slice(0, length), shares))
    );
  };
}

const stickinesses = [0.5, 0.75, 0.9, 0.95];
const stickyAt = Math.log(100);
/** Longer blocks look like stickiness, so nothing is said about it then. */
const longestBlockToTell = 5;

/**
 * Whether the answers look as if each stayed with the last one's member: then they are not independent, and their
 * shares, which wander, may not be accepted yet. The e-value of some stickinesses against none; it blames nobody.
 */
function watchStickiness({ shares, longestBlock }: SpreadTest): (member: number) => boolean {
  const logs = stickinesses.map(() => 0);
  let last: number | null = null;
  return (member) => {
    const share = shares[member] ?? 1;
    stickinesses.forEach((stickiness, index) => {
      const ratio = 1 - stickiness + (member === last ? stickiness / share : 0);
      logs[index] = (logs[index] ?? 0) + (last === null ? 0 : Math.log(ratio));
    });
    last = member;
    return longestBlock <= longestBlockToTell && Math.max(...logs) - Math.log(logs.length) >= stickyAt;
  };
}

function hasShares(answers: readonly number[], shares: readonly number[]): boolean {
  return shares.every((share, member) => {
    const count = answers.filter((answer) => answer === member).length;
    return Math.abs(count - share * answers.length) < 0.5;
  });
}

function logDirichletRatio(counts: readonly number[], shares: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const hits = counts.map(
    (count, index) => logRising(mixtureTotal * (shares[index] ?? 0), count) - count * Math.log(shares[index] ?? 1),
  );
  return hits.reduce((sum, hit) => sum + hit, 0) - logRising(mixtureTotal, total);
}

function logBetaMixture(count: number, total: number, share: number): number {
  return (
    logRising(mixtureTotal * share, count) +
    logRising(mixtureTotal * (1 - share), total - count) -
    logRising(mixtureTotal, total)
  );
}

/** log of start · (start + 1) · … , so many factors. */
function logRising(start: number, factors: number): number {
  let sum = 0;
  for (let at = 0; at < factors; at += 1) sum += Math.log(start + at);
  return sum;
}

function logBernoulli(count: number, total: number, p: number): number {
  return term(count, p) + term(total - count, 1 - p);
}

function term(count: number, p: number): number {
  return count === 0 ? 0 : count * Math.log(p);
}

/** The point nearest to `inside` that is still out, by halving between an end of the range and the estimate. */
function edgeBetween(end: number, inside: number, isOut: (p: number) => boolean): number {
  if (!isOut(end)) return end;
  let out = end;
  let within = inside;
  for (let step = 0; step < 50; step += 1) {
    const middle = (out + within) / 2;
    if (isOut(middle)) out = middle;
    else within = middle;
  }
  return out;
}
