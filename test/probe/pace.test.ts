import { countStarts, type Pace, startsOf } from '../../src/probe/pace';

const rounded = (pace: Pace, durationMs: number) =>
  [...startsOf(pace, durationMs)].map((startMs) => Math.round(startMs * 10) / 10);

test.each<[string, Pace, number, readonly number[]]>([
  [
    'a constant pace starts at once and keeps its interval',
    { kind: 'constant', perSecond: 4 },
    1000,
    [0, 250, 500, 750],
  ],
  [
    'an interval that is no whole number adds up to no drift',
    { kind: 'constant', perSecond: 3 },
    2000,
    [0, 333.3, 666.7, 1000, 1333.3, 1666.7],
  ],
  ['a pace slower than the duration starts one probe', { kind: 'constant', perSecond: 0.1 }, 5000, [0]],
  [
    'a burst starts its probes at one moment and keeps the mean rate',
    { kind: 'burst', perSecond: 3, size: 3 },
    2500,
    [0, 0, 0, 1000, 1000, 1000, 2000, 2000, 2000],
  ],
  [
    'a ramp from nothing starts ever more often',
    { kind: 'ramp', fromPerSecond: 0, toPerSecond: 4 },
    2000,
    [0, 1000, 1414.2, 1732.1],
  ],
  [
    'a ramp to nothing starts ever less often, and ends',
    { kind: 'ramp', fromPerSecond: 4, toPerSecond: 0 },
    2000,
    [0, 267.9, 585.8, 1000],
  ],
  [
    'a ramp between equal rates is a constant pace',
    { kind: 'ramp', fromPerSecond: 4, toPerSecond: 4 },
    1000,
    [0, 250, 500, 750],
  ],
  ['no time, no probe', { kind: 'constant', perSecond: 4 }, 0, []],
])('%s', (_name, pace, durationMs, starts) => {
  expect(rounded(pace, durationMs)).toEqual(starts);
});

test('a Poisson pace is the same for the same seed and another for another', () => {
  const pace = (seed: number) => [...startsOf({ kind: 'poisson', perSecond: 100, seed }, 1000)];
  expect(pace(1)).toEqual(pace(1));
  expect(pace(1)).not.toEqual(pace(2));
});

test('a Poisson pace keeps its mean rate, and its gaps spread like independent arrivals', () => {
  const starts = [...startsOf({ kind: 'poisson', perSecond: 100, seed: 7 }, 100_000)];
  const gaps = starts.map((startMs, index) => startMs - (starts[index - 1] ?? 0));
  const shareBelow = (ms: number) => gaps.filter((gap) => gap < ms).length / gaps.length;
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(starts.length / 10_000).toBeCloseTo(1, 1);
  // Of exponential gaps with a mean of 10 ms, 1 − 1/e are shorter than the mean, 1 − 1/e³ than three times it.
  expect(shareBelow(10)).toBeCloseTo(0.632, 1);
  expect(shareBelow(30)).toBeCloseTo(0.95, 1);
});

test('a pace can say how many probes it means before any is sent', () => {
  expect(countStarts({ kind: 'constant', perSecond: 500 }, 20_000)).toBe(10_000);
  expect(countStarts({ kind: 'ramp', fromPerSecond: 0, toPerSecond: 100 }, 10_000)).toBe(500);
});
