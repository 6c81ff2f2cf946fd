import type { SpreadTest } from './spread-test';

/** Total of the mixture's Dirichlet: a tenth off in either direction is what it expects most. */
const mixtureTotal = 20;

/** What the answers so far say; grows by one answer at a time. */
export interface SpreadingEvidence {
  add(member: number): void;
  /** log of the likelihood under the mixture over that under the declared shares. */
  logEValue(): number;
  /** How far the share that is farthest off is off, 0 to 1. */
  farthest(): number;
  /** Whether every share's confidence sequence lies within the tolerance; `threshold` = log(1 / error). */
  isWithin(threshold: number): boolean;
}

export function startEvidence({ shares, tolerance }: SpreadTest, startCounts: readonly number[]): SpreadingEvidence {
  const counts = [...startCounts];
  let total = counts.reduce((sum, count) => sum + count, 0);
  let logE = logDirichletRatio(counts, shares);
  const margins = shares.map((share, index) => logBetaMixture(counts[index] ?? 0, total, share));
  const edges = shares.map((share) => [share - tolerance, share + tolerance].filter((p) => p > 0 && p < 1).map(logsOf));
  return {
    add(member) {
      const share = shares[member] ?? 1;
      logE += Math.log((mixtureTotal * share + (counts[member] ?? 0)) / (mixtureTotal + total) / share);
      for (const [index, own] of shares.entries()) {
        const count = counts[index] ?? 0;
        const expected = index === member ? mixtureTotal * own + count : mixtureTotal * (1 - own) + total - count;
        margins[index] = (margins[index] ?? 0) + Math.log(expected / (mixtureTotal + total));
      }
      counts[member] = (counts[member] ?? 0) + 1;
      total += 1;
    },
    logEValue: () => logE,
    farthest: () => Math.max(...shares.map((share, index) => Math.abs((counts[index] ?? 0) / total - share))),
    // The mixture's ratio is convex in the share, so the two edges tell of all that lies beyond them.
    isWithin: (threshold) =>
      shares.every((share, index) => {
        const count = counts[index] ?? 0;
        const isOut = ({ hit, miss }: Logs) =>
          (margins[index] ?? 0) - count * hit - (total - count) * miss >= threshold;
        return Math.abs(count / total - share) < tolerance && (edges[index] ?? []).every(isOut);
      }),
  };
}

/** The confidence sequence of a share after `count` of `total` answers; between 0 and 1. */
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

interface Logs {
  readonly hit: number;
  readonly miss: number;
}

function logsOf(p: number): Logs {
  return { hit: Math.log(p), miss: Math.log(1 - p) };
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
