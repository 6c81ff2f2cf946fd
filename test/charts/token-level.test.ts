import { tokenLevels } from '../../src/charts/token-level';

const at = (seconds: number, tokens: number) => ({ atMs: seconds * 1000, tokens });

test.each(['sliding-window', 'fixed-window', 'unknown'] as const)('%s: a charge counts for 60 seconds', (kind) => {
  const levels = tokenLevels([at(10, 40), at(20, 60)], { kind, tokensPerMinute: 100 }, 75_000);
  expect(levels).toEqual([at(10, 0), at(10, 40), at(20, 40), at(20, 100), at(70, 100), at(70, 60), at(75, 60)]);
});

test('a token bucket gets back what is promised, steadily, and is never emptier than empty', () => {
  const levels = tokenLevels([at(0, 50), at(60, 30)], { kind: 'token-bucket', tokensPerMinute: 100 }, 66_000);
  expect(levels).toEqual([at(0, 0), at(0, 50), at(30, 0), at(60, 0), at(60, 30), at(66, 20)]);
});

test('what was charged after the end is not drawn', () => {
  expect(tokenLevels([at(10, 40)], { kind: 'unknown', tokensPerMinute: 100 }, 5_000)).toEqual([at(5, 0)]);
});
