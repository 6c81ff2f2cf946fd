import { type Cell, tallyCell } from './sequences';

const runs = 1000;

test.each<[string, Cell]>([
  ['round robin', { sold: [1, 1], balancing: 'smooth' }],
  ['smooth weighted 3 : 1', { sold: [3, 1], balancing: 'smooth' }],
  ['smooth weighted 60 : 30 : 10', { sold: [60, 30, 10], balancing: 'smooth' }],
  ['blocks of 80 and 20', { sold: [80, 20], balancing: 'block' }],
  ['blocks of 50 and 50', { sold: [50, 50], balancing: 'block' }],
  ['blocks of 60, 30 and 10', { sold: [60, 30, 10], balancing: 'block' }],
])('%s is never rejected', (_, cell) => {
  expect(tallyCell(cell, runs)).toMatchObject({ accepted: runs, rejected: 0 });
});
