import { seededRandomBits } from './seeded-random';

/**
 * When the probes of a load are meant to start. A pace is a value and knows no clock: `startsOf` turns it into the
 * moments themselves, so that whoever is late is seen to be late, and no answer that is slow in coming thins the load out
 * (which is what makes a load generator lie about a gateway that stalls).
 */
export type Pace =
  /** The same interval between any two. */
  | { readonly kind: 'constant'; readonly perSecond: number }
  /** Independent arrivals, as many users make them; the seed fixes the draw. */
  | { readonly kind: 'poisson'; readonly perSecond: number; readonly seed: number }
  /** Steadily more (or fewer) from one rate to another over the whole duration. */
  | { readonly kind: 'ramp'; readonly fromPerSecond: number; readonly toPerSecond: number }
  /** `size` at one moment, then none until the mean rate asks for the next. */
  | { readonly kind: 'burst'; readonly perSecond: number; readonly size: number };

/** Meant starts in ms from the load's beginning, ascending, all before `durationMs`; the same each time it is asked. */
export function* startsOf(pace: Pace, durationMs: number): Generator<number, void, undefined> {
  const startOf = startFunctionOf(pace, durationMs);
  for (let count = 0; ; count += 1) {
    const startMs = startOf(count);
    if (!(startMs < durationMs)) return;
    yield startMs;
  }
}

/** How many starts a pace means in a duration. */
export function countStarts(pace: Pace, durationMs: number): number {
  let count = 0;
  for (const _ of startsOf(pace, durationMs)) count += 1;
  return count;
}

/** The meant start of the probe before which `count` started; asked in ascending order, from 0 on. */
function startFunctionOf(pace: Pace, durationMs: number): (count: number) => number {
  switch (pace.kind) {
    case 'constant':
      return (count) => (count * 1000) / pace.perSecond;
    case 'burst':
      return (count) => (Math.floor(count / pace.size) * pace.size * 1000) / pace.perSecond;
    case 'ramp':
      return (count) => rampStart(pace, durationMs, count);
    case 'poisson':
      return poissonStarts(pace);
    default: {
      const never: never = pace;
      return never;
    }
  }
}

/**
 * The rate at t is a + (b − a)·t/T, so a·t + (b − a)·t²/2T have started by then; solved for t in the form that loses no
 * digits where a and b are close. Never again where the rate falls to nothing first.
 */
function rampStart(
  { fromPerSecond, toPerSecond }: { readonly fromPerSecond: number; readonly toPerSecond: number },
  durationMs: number,
  count: number,
): number {
  if (count === 0) return 0;
  const seconds = durationMs / 1000;
  const underRoot = fromPerSecond ** 2 + (2 * (toPerSecond - fromPerSecond) * count) / seconds;
  if (underRoot < 0) return Number.POSITIVE_INFINITY;
  return (2000 * count) / (fromPerSecond + Math.sqrt(underRoot));
}

/** Gaps between independent arrivals are exponential: −ln(u) ÷ rate, u uniform in (0, 1]. */
function poissonStarts({ perSecond, seed }: { readonly perSecond: number; readonly seed: number }): () => number {
  const bits = seededRandomBits(seed);
  let startMs = 0;
  return () => {
    startMs -= (1000 * Math.log((bits() + 1) / 2 ** 32)) / perSecond;
    return startMs;
  };
}
