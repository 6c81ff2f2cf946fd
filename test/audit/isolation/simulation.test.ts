import { type Pair, tallyPairs } from './simulated-pair';

const modelLimits = [500, 3_000, 30_000, 300_000];

test.each<[string, (seed: number) => Pair, number]>([
  ['limits of their own', () => ({}), 400],
  ['a model behind both that refuses at times', (seed) => ({ modelLimit: modelLimits[seed % 4] ?? null }), 300],
  [
    'a neighbour whose key others use, up to and beyond its limit',
    (seed) => ({ neighbourUse: 0.3 + (seed % 20) / 10, neighbourDedicated: false }),
    300,
  ],
])('never blames a healthy gateway: %s', (_, pairOf, runs) => {
  expect(tallyPairs(pairOf, runs, 10_000).verdicts.fail).toBe(0);
});

test.each(
  (['sliding-window', 'token-bucket', 'fixed-window'] as const).flatMap((kind) =>
    [1_000, 20_000, 200_000].map((limit) => [kind, limit] as const),
  ),
)('finds a shared %s counter of %i tokens a minute in at least 95 % of audits', (kind, limit) => {
  const { verdicts, tokens } = tallyPairs(
    () => ({ kind, limit, neighbourLimit: limit, shared: true, latencyMs: 600 }),
    100,
    20_000,
  );
  expect(verdicts.fail).toBeGreaterThanOrEqual(95);
  expect(verdicts.pass).toBe(0);
  expect(tokens).toBeLessThan(2.25);
});

test('blames nobody where the neighbour enforces far less than its own limit', () => {
  const { verdicts } = tallyPairs(() => ({ limit: 5_000, neighbourLimit: 5_000, neighbourEnforced: 100 }), 200, 30_000);
  expect(verdicts.fail).toBe(0);
});
