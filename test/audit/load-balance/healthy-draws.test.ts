import { type Cell, tallyCell } from './sequences';

const runs = 1000;

test.each<[string, Cell]>([
  ['drawn 50 : 50', { sold: [1, 1], balancing: 'random' }],
  ['drawn 80 : 20', { sold: [80, 20], balancing: 'random' }],
  ['drawn, three members', { sold: [1, 1, 1], balancing: 'random' }],
  ['drawn, four members', { sold: [1, 1, 1, 1], balancing: 'random' }],
  ['three instances with blocks of 80 and 20', { sold: [80, 20], balancing: 'block', instances: 3 }],
  ['two instances with round robin', { sold: [1, 1], balancing: 'smooth', instances: 2 }],
])('%s is rejected in at most one of a thousand audits, and nearly always accepted', (name, cell) => {
  const { accepted, rejected, undecided, meanAnswers } = tallyCell(cell, runs);
  process.stdout.write(
    `${name}: ${rejected} rejected, ${accepted} accepted, ${undecided} undecided, ${meanAnswers} answers on average\n`,
  );
  expect(rejected).toBeLessThanOrEqual(1);
  expect(accepted).toBeGreaterThanOrEqual(0.99 * runs);
});
