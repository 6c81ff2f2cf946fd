import { type Cell, type Tally, tallyCell } from './sequences';

/** Probes of a fixed-size χ² test at 0.001 that finds 60 : 40 sold as 50 : 50 in 99 of 100. */
const fixedSize = 776;
const runs = 500;

const rows: readonly (readonly [string, Cell])[] = [
  ['60 : 40 sold as 50 : 50', { sold: [50, 50], real: [60, 40], balancing: 'random' }],
  ['the same, and the audit after it', { sold: [50, 50], real: [60, 40], balancing: 'random', maxProbes: 2000 }],
  ['the same, smooth weighted', { sold: [50, 50], real: [60, 40], balancing: 'smooth' }],
  ['55 : 45 sold as 50 : 50', { sold: [50, 50], real: [55, 45], balancing: 'random' }],
  ['90 : 10 sold as 50 : 50', { sold: [1, 1], real: [90, 10], balancing: 'random' }],
  ['90 : 10 sold as 80 : 20', { sold: [80, 20], real: [90, 10], balancing: 'random' }],
  ['60 : 30 : 10 sold as even', { sold: [1, 1, 1], real: [60, 30, 10], balancing: 'random' }],
  ['50 : 30 : 20 sold as even', { sold: [1, 1, 1], real: [50, 30, 20], balancing: 'random' }],
  ['sticky 0.95, even', { sold: [1, 1], balancing: 'random', stickiness: 0.95 }],
];
const tallies = new Map<string, Tally>();

function tallyOf(name: string): Tally {
  const tally = tallies.get(name);
  if (tally === undefined) throw new Error(`the table has no row "${name}"`);
  return tally;
}

beforeAll(() => {
  for (const [name, cell] of rows) tallies.set(name, tallyCell(cell, runs, 50_000));
  const lines = [...tallies].map(([name, { accepted, rejected, undecided, meanAnswers }]) =>
    [name.padEnd(34), rejected, accepted, undecided, meanAnswers].map((cell) => String(cell).padStart(9)).join(' '),
  );
  const head = ['of 500 audits'.padEnd(34), ' rejected', ' accepted', 'undecided', '  answers'].join(' ');
  process.stdout.write(`${[head, ...lines].join('\n')}\nfixed-size test for the first: ${fixedSize} answers\n`);
});

test('finds 60 : 40 sold as 50 : 50 with at most 65 % of the probes of a fixed-size test', () => {
  const { rejected, meanAnswers } = tallyOf('60 : 40 sold as 50 : 50');
  expect(rejected).toBeGreaterThanOrEqual(0.975 * runs);
  expect(meanAnswers / fixedSize).toBeLessThanOrEqual(0.65);
});

test('finds it in 99 of 100 where the audit after it goes on', () => {
  expect(tallyOf('the same, and the audit after it').rejected).toBeGreaterThanOrEqual(0.99 * runs);
});

test.each(['the same, smooth weighted', '90 : 10 sold as 50 : 50', '60 : 30 : 10 sold as even', 'sticky 0.95, even'])(
  'finds %s in 99 of 100',
  (name) => {
    expect(tallyOf(name).rejected).toBeGreaterThanOrEqual(0.99 * runs);
  },
);

test('a difference of half the tolerance may fall either way', () => {
  const { accepted, rejected } = tallyOf('55 : 45 sold as 50 : 50');
  expect([accepted > 0.1 * runs, rejected > 0.1 * runs]).toEqual([true, true]);
});
