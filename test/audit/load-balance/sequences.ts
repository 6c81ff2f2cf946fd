import { createBalancer } from '../../../simulator/balancer';
import type { PoolConfig } from '../../../simulator/pool-config';
import { createRandom } from '../../../simulator/random';
import { poolViewOf } from '../../../src/audit/load-balance/pool-view';
import { decideSpread, type SpreadDecision, type SpreadTest } from '../../../src/audit/load-balance/spread-test';
import { aGateway } from '../a-declaration';
import { aPool } from './a-pool';

/** A pool as sold and as it really balances; decided many times with fresh seeds. */
export interface Cell {
  readonly sold: readonly number[];
  /** What the gateway really uses; the sold weights where absent. */
  readonly real?: readonly number[];
  readonly balancing: PoolConfig['balancing'];
  /** Chance of the member of the last answer again. */
  readonly stickiness?: number;
  readonly instances?: number;
  readonly maxProbes?: number;
}

export interface Tally {
  readonly accepted: number;
  readonly rejected: number;
  readonly undecided: number;
  /** On average, those that stopped at the most allowed included. */
  readonly meanAnswers: number;
}

const errorRate = 0.001;

export function testOf(sold: readonly number[], instances = 1): SpreadTest {
  const view = poolViewOf({
    gateway: aGateway({
      pool: aPool(
        sold.map((weight, at) => ({ id: `m${at}`, weight })),
        { instances },
      ),
    }),
  });
  if (view === null) throw new Error('the pool is declared');
  return {
    shares: view.sharing.map(({ share }) => share),
    tolerance: 0.1,
    errorRate,
    period: view.period,
    leastToReject: 2 * view.weightSum * instances,
    longestBlock: view.mostWeight * instances,
  };
}

export function tallyCell(cell: Cell, runs: number, firstSeed = 1): Tally {
  const test = testOf(cell.sold, cell.instances);
  const decisions = Array.from({ length: runs }, (_, run) => decideOnce(cell, test, firstSeed + run));
  const countOf = (verdict: SpreadDecision['verdict']) => decisions.filter((one) => one.verdict === verdict).length;
  return {
    accepted: countOf('accepted'),
    rejected: countOf('rejected'),
    undecided: countOf('undecided'),
    meanAnswers: Math.round(decisions.reduce((sum, one) => sum + one.answers, 0) / runs),
  };
}

/** Round robin shows in the first answers; everything else is decided on the way through all of them. */
function decideOnce(cell: Cell, test: SpreadTest, seed: number): SpreadDecision {
  const answer = createAnswers(cell, createRandom(seed));
  const first = Array.from({ length: 40 }, answer);
  const decision = decideSpread(first, test);
  if (decision.verdict !== 'undecided') return decision;
  return decideSpread([...first, ...Array.from({ length: (cell.maxProbes ?? 1000) - first.length }, answer)], test);
}

/** Indexes of the members that answer, by instances that know nothing of each other, asked in random turns. */
function createAnswers(cell: Cell, random: () => number): () => number {
  const members = (cell.real ?? cell.sold).map((weight, at) => ({ backend: String(at), weight }));
  const balancers = Array.from({ length: cell.instances ?? 1 }, () => createBalancer(cell.balancing, random));
  // Where in its sequence a gateway stands when an audit begins is anybody's guess.
  for (const balance of cell.balancing === 'random' ? [] : balancers) {
    for (let turns = Math.floor(random() * 100); turns > 0; turns -= 1) balance(members);
  }
  let last: number | null = null;
  return () => {
    if (last !== null && random() < (cell.stickiness ?? 0)) return last;
    last = Number(balancers[Math.floor(random() * balancers.length)]?.(members)?.backend ?? 0);
    return last;
  };
}
