import { type Pair, tallyPairs } from './simulated-pair';

/** Null: nothing is shared. */
const modelLimits = [null, null, 500, 3_000, 30_000, 300_000];

test.each<[string, (seed: number) => Pair, number]>([
  [
    'limits of their own, some behind one model that refuses at times; latencies of 50 ms to 1.5 s, each drawn anew',
    (seed) => ({ modelLimit: modelLimits[seed % modelLimits.length] ?? null }),
    1_000,
  ],
  [
    'a neighbour whose key others use, up to and beyond its limit',
    (seed) => ({ neighbourUse: 0.3 + (seed % 20) / 10, neighbourDedicated: false }),
    300,
  ],
])('never blames a healthy gateway: %s', (name, pairOf, runs) => {
  const { verdicts, tokens, seconds } = tallyPairs(pairOf, runs, 10_000);
  const cost = `${tokens.toFixed(2)} of the limit and ${Math.round(seconds)} s on average`;
  process.stdout.write(
    `${runs} healthy pairs, ${name}: ${verdicts.fail} fail, ${verdicts.pass} pass, ${verdicts.inconclusive} inconclusive; ${cost}\n`,
  );
  expect(verdicts.fail).toBe(0);
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
