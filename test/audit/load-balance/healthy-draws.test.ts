import { type Cell, tallyCell } from './sequences';

const runs = 1000;

test.each<[string, Cell]>([
  ['drawn 50 : 50', { sold: [1, 1], balancing: 'random' }],
  ['drawn 80 : 20', { sold: [80, 20], balancing: 'random' }],
  ['drawn, three members', { sold: [1, 1, 1], balancing: 'random' }],
  ['drawn, four members', { sold: [1, 1, 1, 1], balancing: 'random' }],
])('%s is rejected in at most one of a thousand audits, and nearly always accepted', (_, cell) => {
  const { accepted, rejected } = tallyCell(cell, runs);
  expect(rejected).toBeLessThanOrEqual(1);
  expect(accepted).toBeGreaterThanOrEqual(0.99 * runs);
});
