import type { Finding, Verdict } from '../../../src/audit/verdict';
import { type Cell, runCell } from './cells';

export type Counts = Readonly<Record<Verdict | 'none', number>>;

/** What came of many simulated audits. */
export interface Tally {
  readonly audits: number;
  readonly byRule: Readonly<Record<string, Counts>>;
  /** Every finding that failed, with the cell and the seed that repeat it. */
  readonly fails: readonly { readonly cell: Cell; readonly seed: number; readonly finding: Finding }[];
  /** Audits whose estimate names another kind of limiter than the gateway's. */
  readonly wrongKinds: number;
  /** On average over the audits: tokens as a share of the limit sold, probes, seconds from the first probe on. */
  readonly tokensOfLimit: number;
  readonly probes: number;
  readonly seconds: number;
}

export interface Runs {
  /** Audits of each cell. */
  readonly runs: number;
  readonly firstSeed: number;
}

export const rules = [
  'limit-enforced',
  'limit-value',
  'limiter-kind',
  'retry-after-present',
  'retry-after-honest',
  'consumed-header',
  'remaining-header',
  'recovery',
] as const;

export function tallyCells(cells: readonly Cell[], { runs, firstSeed }: Runs): Tally {
  const counts = Object.fromEntries(rules.map((rule) => [rule, { pass: 0, fail: 0, inconclusive: 0, none: 0 }]));
  const fails: { cell: Cell; seed: number; finding: Finding }[] = [];
  const sums = { wrongKinds: 0, tokensOfLimit: 0, probes: 0, seconds: 0 };
  const audits = cells.flatMap((cell, index) =>
    Array.from({ length: runs }, (_, run) => ({ cell, seed: firstSeed + index * runs + run })),
  );
  for (const { cell, seed } of audits) {
    const { evidence, judgement } = runCell(cell, seed);
    for (const rule of rules) {
      const finding = judgement.findings.find((candidate) => candidate.rule === rule);
      const row = counts[rule];
      if (row !== undefined) row[finding?.verdict ?? 'none'] += 1;
      if (finding?.verdict === 'fail') fails.push({ cell, seed, finding });
    }
    const seen = judgement.estimate.limiter ?? 'unknown';
    if (seen !== 'unknown' && seen !== cell.kind) sums.wrongKinds += 1;
    const tokens = evidence.exchanges.reduce((total, exchange) => total + (exchange.usage?.total ?? 0), 0);
    sums.tokensOfLimit += tokens / cell.sold;
    sums.probes += evidence.exchanges.length;
    sums.seconds += (evidence.finishedMs - (evidence.exchanges[0]?.sentMs ?? evidence.finishedMs)) / 1000;
  }
  return {
    audits: audits.length,
    byRule: counts,
    fails,
    wrongKinds: sums.wrongKinds,
    tokensOfLimit: sums.tokensOfLimit / audits.length,
    probes: sums.probes / audits.length,
    seconds: sums.seconds / audits.length,
  };
}

/** Of the audits in which a rule gave a finding, the share with that verdict; 0 where it gave none. */
export function shareOf(counts: Counts | undefined, verdict: Verdict): number {
  if (counts === undefined) return 0;
  const all = counts.pass + counts.fail + counts.inconclusive;
  return all === 0 ? 0 : counts[verdict] / all;
}
