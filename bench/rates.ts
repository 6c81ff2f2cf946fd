import Table from 'cli-table3';
import {
  extremeCells,
  healthyCells,
  healthyEstimatingCells,
  healthyOfTwoCells,
  healthyUndeclaredCells,
  isResolvable,
  lyingCells,
  othersCells,
  undeclaredCounterCells,
  wrongFactors,
  wrongLimitCells,
} from '../test/audit/token-limit/cell-lists';
import type { Cell } from '../test/audit/token-limit/cells';
import { type Counts, type Tally, tallyCells } from '../test/audit/token-limit/tally';

/**
 * How often the check `token-limit` is right: audits of simulated gateways on virtual time, with fresh seeds unless one
 * is given. `npm run rates -- 20 1234` audits every cell 20 times from seed 1234 on.
 */
const runs = Number(process.argv[2] ?? 20);
const firstSeed = Number(process.argv[3] ?? Math.floor(Math.random() * 1_000_000_000));

const isOf = (kind: Cell['kind'], sold: number) => (cell: Cell) => cell.kind === kind && cell.sold === sold;
const isSlow = (cell: Cell) => !isSmall(cell) && !isResolvable(cell);
const isSmall = (cell: Cell) => cell.sold < 1_000;

interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
}

const rows: readonly Row[] = [
  ...split('healthy', healthyCells),
  ...split('healthy, kind not declared', healthyUndeclaredCells),
  ...split('healthy, prompts estimated', healthyEstimatingCells),
  ...split('healthy, two counters declared', healthyOfTwoCells),
  { name: 'healthy, L = 2,000,000 at 3 s', cells: extremeCells },
  ...split('healthy, others on the key', othersCells),
  ...wrongFactors.flatMap((factor) =>
    split(
      factor === null ? 'no limit' : `limit × ${factor}`,
      wrongLimitCells.filter((cell) => cell.factor === factor),
    ),
  ),
  ...split('a second counter, undeclared', undeclaredCounterCells),
  ...(['constant', 'half', 'too-long', 'missing'] as const).map((lie) => ({
    name: `Retry-After lies: ${lie}`,
    cells: lyingCells.filter((cell) => cell.model?.lie === lie),
  })),
];

/** Apart what an interval can resolve, what slow answers blur, and what one probe is a large part of. */
function split(name: string, cells: readonly Cell[]): readonly Row[] {
  return [
    { name: `${name}; L ≥ 10,000, ≤ 1 s`, cells: cells.filter(isResolvable) },
    { name: `${name}; L ≥ 10,000, 2 s`, cells: cells.filter(isSlow) },
    { name: `${name}; L = 60 or 100`, cells: cells.filter(isSmall) },
  ];
}

function percents(counts: Counts | undefined): string {
  if (counts === undefined) return '';
  const all = counts.pass + counts.fail + counts.inconclusive;
  if (all === 0) return '–';
  return [counts.pass, counts.fail, counts.inconclusive].map((count) => percent(count / all)).join(' / ');
}

function percent(share: number): string {
  return share === 0 || share === 1 ? `${100 * share}` : (100 * share).toFixed(1);
}

function ruleTable(): string {
  const judged = ['limit-value', 'limiter-kind', 'retry-after-honest', 'recovery'];
  const table = plainTable(['cells', 'audits', ...judged, 'wrong kinds', 'fails of other rules']);
  for (const [index, { name, cells }] of rows.entries()) {
    const tally = tallyCells(cells, { runs, firstSeed: firstSeed + 100_000 * index });
    const others = tally.fails.filter(({ finding }) => !judged.includes(finding.rule));
    table.push([
      name,
      String(tally.audits),
      ...judged.map((rule) => percents(tally.byRule[rule])),
      String(tally.wrongKinds),
      byRule(others.map(({ finding }) => finding.rule)),
    ]);
  }
  return table.toString();
}

function byRule(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const counts = distinct.map((name) => `${name} ${names.filter((other) => other === name).length}`);
  return counts.join(', ') || '0';
}

function costTable(): string {
  const table = plainTable([
    'L',
    'limiter',
    'tokens ÷ L',
    'probes',
    'seconds',
    'twice: tokens ÷ L',
    'none: tokens ÷ L',
  ]);
  for (const sold of [100, 10_000, 1_000_000]) {
    for (const kind of ['sliding-window', 'token-bucket'] as const) {
      const isMeant = (cell: Cell) => isOf(kind, sold)(cell) && (cell.model?.latencyMs ?? 0) <= 1_000;
      const tallyOf = (cells: readonly Cell[]): Tally => tallyCells(cells.filter(isMeant), { runs, firstSeed });
      const healthy = tallyOf(healthyCells);
      const twice = tallyOf(wrongLimitCells.filter((cell) => cell.factor === 2));
      const none = tallyOf(wrongLimitCells.filter((cell) => cell.factor === null));
      table.push([
        sold.toLocaleString('en'),
        kind,
        healthy.tokensOfLimit.toFixed(2),
        healthy.probes.toFixed(0),
        healthy.seconds.toFixed(0),
        twice.tokensOfLimit.toFixed(2),
        none.tokensOfLimit.toFixed(2),
      ]);
    }
  }
  table.push(['expected', '', '1.28', '22', '45', '2', '2']);
  return table.toString();
}

function plainTable(head: string[]): InstanceType<typeof Table> {
  return new Table({ head, style: { head: [], border: [], compact: true } });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

print(`Verdicts as pass / fail / inconclusive in percent; ${runs} audits of each cell from seed ${firstSeed} on.`);
print(ruleTable());
print('\nWhat an audit costs on average, answers within a second (seconds count from the first probe on).');
print(costTable());
