import { auditEntry } from '../exam/exam';
import { type ZooEntry, zooEntries } from '../simulator/zoo';
import type { Report } from '../src/audit/report';
import { type Cell as PoolCell, tallyCell as tallyPool } from '../test/audit/load-balance/sequences';
import { healthyCells, wrongLimitCells } from '../test/audit/token-limit/cell-lists';
import type { Cell } from '../test/audit/token-limit/cells';
import { tallyCells } from '../test/audit/token-limit/tally';
import { type Bench, type Goal, type Measure, measured } from './bench';

const limits = [100, 10_000, 1_000_000] as const;
const seeds = { runs: 10, firstSeed: 7_000 };
const poolRuns = 500;

/**
 * What a verdict costs: tokens as a share of the limit sold, probes, and seconds of the gateway's time. Whole audits over
 * HTTP on virtual time for every check; for those that draw what they ask, means of many simulated ones. Counts are the
 * same on any machine.
 */
export const costOfTruth: Bench = {
  about: 'tokens ÷ L, probes and seconds to a verdict, for every check at small, middle and large L (virtual time)',
  async run(tell) {
    const measures: Measure[] = [];
    for (const sold of limits) {
      const reports = await reportsAt(sold);
      tell(
        `L = ${sold.toLocaleString('en')}: ${reports.map(({ check, verdict }) => `${check} ${verdict}`).join(', ')}`,
      );
      for (const report of reports) {
        if (report.check !== 'token-limit' && report.check !== 'load-balance') measures.push(...costOf(report, sold));
      }
      measures.push(...tokenLimitCost(sold));
    }
    return [...measures, ...loadBalanceCost()];
  },
};

async function reportsAt(sold: number): Promise<readonly Report[]> {
  const entry = entryNamed('healthy-sliding-window');
  const reports = await auditEntry({ ...entry, tokensPerMinute: sold });
  const quota = { tokens: 6 * sold, period: 'Hourly' } as const;
  const bounded = await auditEntry({
    ...entry,
    tokensPerMinute: sold,
    simulatedCustomer: { ...entry.simulatedCustomer, quota },
    declaredCustomer: {
      ...entry.declaredCustomer,
      checks: ['token-quota'],
      tokenQuota: quota,
      maxTokensPerDay: 200 * sold,
      checkSettings: { 'token-quota': { exhaustQuota: true } },
    },
  });
  const pooled =
    sold < 1000 ? [] : await auditEntry({ ...entryNamed('healthy-pool-of-weights'), tokensPerMinute: sold });
  return [...reports, ...bounded, ...pooled.filter(({ check }) => check === 'load-balance')];
}

function entryNamed(name: string): ZooEntry {
  const entry = zooEntries().find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`The zoo has no gateway ${name}.`);
  return entry;
}

function costOf({ check, summary, startedAt, finishedAt }: Report, sold: number): readonly Measure[] {
  const at = `${check}, L = ${sold.toLocaleString('en')}`;
  const seconds = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  const probes: { readonly samples: readonly number[]; readonly goal?: Goal } = {
    samples: [summary.probes],
    ...(check === 'limit-status' && { goal: { atMost: 1 } }),
  };
  return [
    measured(`${at}: tokens ÷ L`, '', { samples: [summary.tokens.total / sold] }),
    measured(`${at}: probes`, '', probes),
    measured(`${at}: seconds`, 's', { samples: [Math.round(seconds)] }),
  ];
}

/** Means over healthy sliding windows and buckets that answer within a second. */
function tokenLimitCost(sold: number): readonly Measure[] {
  const isMeant = (cell: Cell) => cell.sold === sold && (cell.model?.latencyMs ?? 0) <= 1000;
  const healthy = tallyCells(healthyCells.filter(isMeant), seeds);
  const none = tallyCells(
    wrongLimitCells.filter((cell) => isMeant(cell) && cell.factor === null),
    seeds,
  );
  const at = `token-limit, L = ${sold.toLocaleString('en')}`;
  return [
    measured(`${at}: tokens ÷ L`, '', { samples: [healthy.tokensOfLimit], goal: { atMost: 1.28 } }),
    measured(`${at}: probes`, '', { samples: [healthy.probes], goal: { atMost: 22 } }),
    measured(`${at}: seconds`, 's', { samples: [healthy.seconds], goal: { atMost: 45 } }),
    measured(`${at}, no limit: tokens ÷ L`, '', { samples: [none.tokensOfLimit], goal: { atMost: 2 } }),
  ];
}

/** The pools of the judging method's simulation, with the answers that each took on average there. */
const pools: readonly (readonly [string, PoolCell, number])[] = [
  ['60:40 sold as 50:50 found', { sold: [50, 50], real: [60, 40], balancing: 'random' }, 437],
  ['90:10 sold as 80:20 found', { sold: [80, 20], real: [90, 10], balancing: 'random' }, 230],
  ['random 50:50 accepted', { sold: [50, 50], balancing: 'random' }, 309],
  ['random 80:20 accepted', { sold: [80, 20], balancing: 'random' }, 199],
  ['four members accepted', { sold: [1, 1, 1, 1], balancing: 'random' }, 440],
  ['round robin accepted', { sold: [1, 1], balancing: 'smooth' }, 40],
];

function loadBalanceCost(): readonly Measure[] {
  return pools.map(([name, cell, expected], index) => {
    const { meanAnswers } = tallyPool(cell, poolRuns, 90_000 + index * poolRuns);
    return measured(`load-balance, ${name}: answers`, '', { samples: [meanAnswers], goal: { atMost: expected } });
  });
}
