/** How long to wait before looking at an empty queue again; milliseconds. */
export interface PollingDelay {
  /** After a look that found nothing: grows exponentially, randomised by ±20 %, up to the maximum. */
  afterNothing(): number;
  /** After messages: from the minimum again. */
  reset(): void;
}

export function createPollingDelay(
  minimumMs: number,
  maximumMs: number,
  random: () => number = Math.random,
): PollingDelay {
  let misses = 0;
  return {
    afterNothing: () => {
      const grown = minimumMs * 2 ** misses * (0.8 + 0.4 * random());
      if (grown < maximumMs) misses += 1;
      return Math.min(maximumMs, Math.max(minimumMs, grown));
    },
    reset: () => {
      misses = 0;
    },
  };
}
