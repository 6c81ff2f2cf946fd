/** A goal for a number: of a value where it is measured alone, of the ratio where it is raced. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** What a bench measured. `against` is the peer or the limit that it is held to, measured in the same run. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly against: { readonly name: string; readonly value: number } | null;
  /** Value ÷ that of the peer: the median of the rounds' own ratios. */
  readonly ratio: number | null;
  readonly goal: string | null;
  readonly reached: boolean | null;
  /** Each round's value. */
  readonly samples: readonly number[];
}

export interface BenchRow extends Measure {
  readonly bench: string;
}

/** One bench: it runs unattended, alone on the machine, and takes no more than a minute or two. */
export interface Bench {
  readonly about: string;
  readonly run: (tell: (line: string) => void) => Promise<readonly Measure[]>;
}

/** Ratios are of one run each, and medians of at least so many. */
export const rounds = 5;

/** A number measured by itself: the median of its samples, with a goal for it or none. */
export function measured(
  what: string,
  unit: string,
  { samples, goal }: { readonly samples: readonly number[]; readonly goal?: Goal },
): Measure {
  const value = median(samples);
  const said = goal === undefined ? null : `${textOf(goal)} ${unit}`;
  const reached = goal === undefined ? null : isReached(value, goal);
  return { what, value, unit, against: null, ratio: null, goal: said, reached, samples };
}

/** A number measured beside a peer's, round by round; the goal is for own ÷ peer. */
export function raced(
  what: string,
  unit: string,
  race: {
    readonly peer: string;
    readonly pairs: readonly { readonly own: number; readonly peer: number }[];
    readonly goal?: Goal;
  },
): Measure {
  const samples = race.pairs.map(({ own }) => own);
  const ratio = median(race.pairs.map(({ own, peer }) => own / peer));
  return {
    what,
    value: median(samples),
    unit,
    against: { name: race.peer, value: median(race.pairs.map(({ peer }) => peer)) },
    ratio,
    goal: race.goal === undefined ? null : `${textOf(race.goal)} ×`,
    reached: race.goal === undefined ? null : isReached(ratio, race.goal),
    samples,
  };
}

/** The middle value; of an even number of them the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function textOf(goal: Goal): string {
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

function isReached(value: number, goal: Goal): boolean {
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
