/** What became of one of a group. */
export type Outcome<Answer> = { readonly answer: Answer } | { readonly error: unknown };

interface Waiting<Wanted, Answer> {
  readonly wanted: Wanted;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Does one group of things at a time: what is wanted while one is under way makes up the next, `most` at most. The busier
 * it gets the larger the groups, so that what a group costs is shared by more. `run` answers in the order of the group.
 */
export function inGroups<Wanted, Answer>(
  most: number,
  run: (group: readonly Wanted[]) => Promise<readonly Outcome<Answer>[]>,
): (wanted: Wanted) => Promise<Answer> {
  let waiting: Waiting<Wanted, Answer>[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    isRunning = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, most);
      waiting = waiting.slice(most);
      const outcomes = await run(group.map(({ wanted }) => wanted)).catch((error: unknown) => error);
      for (const [at, { resolve, reject }] of group.entries()) {
        const outcome = Array.isArray(outcomes) ? (outcomes[at] as Outcome<Answer>) : { error: outcomes };
        if ('answer' in outcome) resolve(outcome.answer);
        else reject(outcome.error);
      }
    }
    isRunning = false;
  }

  return (wanted) =>
    new Promise((resolve, reject) => {
      waiting.push({ wanted, resolve, reject });
      if (!isRunning) void runAll();
    });
}
