import type { SpreadTest } from './spread-test';

const periodsToBelieve = 4;
const leastToRepeat = 20;

/**
 * Whether the answers up to an index repeat exactly with the declared shares, over four periods and twenty answers at
 * least: round robin, by whatever algorithm, which needs no statistics.
 */
export function watchRepetition(
  answers: readonly number[],
  { shares, period }: SpreadTest,
): (index: number) => boolean {
  let periods: readonly number[] = [];
  return (index) => {
    const candidates = index > 0 && index % period === 0 ? [...periods, index] : periods;
    periods = candidates.filter((length) => answers[index] === answers[index - length]);
    const seen = index + 1;
    return (
      seen >= leastToRepeat &&
      periods.some((length) => seen >= periodsToBelieve * length && hasShares(answers.slice(0, length), shares))
    );
  };
}

function hasShares(answers: readonly number[], shares: readonly number[]): boolean {
  return shares.every((share, member) => {
    const count = answers.filter((answer) => answer === member).length;
    return Math.abs(count - share * answers.length) < 0.5;
  });
}

const stickinesses = [0.5, 0.75, 0.9, 0.95];
const stickyAt = Math.log(100);
/** Longer blocks look like stickiness, so nothing is said about it then. */
const longestBlockToTell = 5;

/**
 * Whether the answers look as if each stayed with the last one's member: then they are not independent, and their
 * shares, which wander, may not be accepted yet. The e-value of some stickinesses against none; it blames nobody.
 */
export function watchStickiness({ shares, longestBlock }: SpreadTest): (member: number) => boolean {
  if (longestBlock > longestBlockToTell) return () => false;
  const moved = stickinesses.map((stickiness) => Math.log(1 - stickiness));
  const stayed = shares.map((share) => stickinesses.map((one) => Math.log(1 - one + one / share)));
  let logs = stickinesses.map(() => 0);
  let last: number | null = null;
  return (member) => {
    const gains = member === last ? stayed[member] : moved;
    if (last !== null) logs = logs.map((log, index) => log + (gains?.[index] ?? 0));
    last = member;
    return Math.max(...logs) - Math.log(logs.length) >= stickyAt;
  };
}
