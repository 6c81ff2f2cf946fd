import { judgeTokenLimit } from '../../../src/audit/token-limit/judge';
import { aBucket, answered, bucketAudit, evidenceOf, priorCharge, refused, slidingAudit, twoWindows } from './an-audit';
import { type Cell, runCell } from './cells';

const seeds = Array.from({ length: 12 }, (_, index) => 77_000 + index);
/** What the check makes of a simulated gateway, over twelve audits. */
const estimates = (cell: Cell) => seeds.map((seed) => runCell({ ...cell, sold: 10_000 }, seed).judgement.estimate);
const estimateOf = (...of: Parameters<typeof evidenceOf>) => judgeTokenLimit(evidenceOf(...of)).estimate;
const kinds = ['sliding-window', 'token-bucket', 'fixed-window'] as const;

test.each(kinds)('a %s is told from the other kinds though none is declared', (kind) => {
  const told = estimates({ kind, declaredKind: 'unknown', sold: 0 }).map(({ limiter }) => limiter);
  expect(told.filter((limiter) => limiter !== kind && limiter !== 'unknown')).toEqual([]);
  expect(told.filter((limiter) => limiter === kind).length).toBeGreaterThanOrEqual(10);
});

test.each(kinds)('one counter of a %s is confirmed', (kind) => {
  const confirmed = estimates({ kind, sold: 0 }).filter(({ countersConfirmed }) => countersConfirmed);
  expect(confirmed.length).toBeGreaterThanOrEqual(10);
  expect(confirmed.map(({ counters }) => counters)).toEqual(confirmed.map(() => 1));
});

test('two declared counters are confirmed, and never where there is one', () => {
  expect(estimateOf(twoWindows, { gateway: { counters: 2 } })).toMatchObject({ counters: 2, countersConfirmed: true });
  const single = estimates({ kind: 'sliding-window', sold: 0, counters: 1, declaredCounters: 2 });
  expect(single.filter(({ countersConfirmed }) => countersConfirmed)).toEqual([]);
});

test('one counter is never confirmed where there are two', () => {
  const two = kinds.flatMap((kind) => estimates({ kind, sold: 0, counters: 2, declaredCounters: 1 }));
  expect(two.filter(({ countersConfirmed }) => countersConfirmed)).toEqual([]);
});

test('a gateway that refuses by estimate is told from one that does not', () => {
  const estimating = kinds.flatMap((kind) => estimates({ kind, sold: 0, model: { estimatesPrompts: true } }));
  const charging = kinds.flatMap((kind) => estimates({ kind, sold: 0 }));
  expect(estimating.filter(({ promptsEstimated }) => promptsEstimated === false)).toEqual([]);
  expect(estimating.filter(({ promptsEstimated }) => promptsEstimated).length).toBeGreaterThanOrEqual(30);
  expect(charging.filter(({ promptsEstimated }) => promptsEstimated)).toEqual([]);
  // A bucket's debt shows it: probes are let in of which nothing fits.
  const buckets = estimates({ kind: 'token-bucket', sold: 0 });
  expect(buckets.filter(({ promptsEstimated }) => promptsEstimated === false).length).toBeGreaterThanOrEqual(10);
});

describe('overshoot', () => {
  test('is what one crossing probe went beyond a window', () => {
    const { overshootTokens, burst } = estimateOf(slidingAudit);
    expect({ overshootTokens, burst }).toEqual({
      overshootTokens: 15,
      burst: { probes: 1, admitted: 1, refused: 0, tokens: 95 },
    });
  });

  test('is the debt of a bucket, what it refilled meanwhile taken off', () => {
    const { overshootTokens, burst } = estimateOf(bucketAudit, aBucket);
    expect(burst).toEqual({ probes: 1, admitted: 1, refused: 0, tokens: 200 });
    // 1,340 tokens within 9.2 s, in which at most 1,155 could be had.
    expect(overshootTokens).toBeGreaterThan(180);
    expect(overshootTokens).toBeLessThan(200);
  });

  // Seen: what another audit had charged more than a minute before was added to it.
  test('counts nothing that has aged out', () => {
    const { overshootTokens } = estimateOf(slidingAudit, {
      evidence: { priorCharges: [{ sentMs: 0, receivedMs: 1_000, tokens: 4_500 }] },
    });
    expect(overshootTokens).toBe(15);
    expect(estimateOf(slidingAudit, priorCharge(100)).overshootTokens).toBeGreaterThan(15);
  });

  test('tells how many of the probes sent at once went beyond', () => {
    const together = [answered(2, 100), answered(2, 100), refused(2), answered(2, 100)].map((exchange, at) => ({
      ...exchange,
      receivedMs: exchange.receivedMs + at,
    }));
    const { overshootTokens, burst } = estimateOf([answered(0, 20), answered(1, 900), ...together, refused(3)]);
    // 1,220 tokens within 2.2 s, in which a bucket, which cannot be excluded, lets through 1,037.
    expect({ overshootTokens, burst }).toEqual({
      overshootTokens: 183,
      burst: { probes: 4, admitted: 3, refused: 1, tokens: 300 },
    });
  });

  test('is not told where the limit was never reached', () => {
    const { overshootTokens, burst } = estimateOf([answered(0, 20), answered(1, 900)]);
    expect({ overshootTokens, burst }).toEqual({ overshootTokens: undefined, burst: undefined });
  });

  test('of a bucket is made by the declared number of probes at once, for no more tokens', () => {
    const bursts = estimates({ kind: 'token-bucket', sold: 0 }).flatMap(({ burst }) => burst ?? []);
    expect(bursts.filter(({ probes }) => probes === 4).length).toBeGreaterThanOrEqual(10);
    expect(bursts.filter(({ tokens }) => tokens > 3_500)).toEqual([]);
  });
});
