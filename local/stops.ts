/** What was started and has to be stopped, the last one first. */
export interface Stops {
  add(stop: (graceMs: number) => Promise<void>): void;
  /** Stops everything, whatever fails on the way. Asked again, it waits for the same stop. */
  run(graceMs: number): Promise<void>;
}

export function createStops(): Stops {
  const waiting: ((graceMs: number) => Promise<void>)[] = [];
  let running: Promise<void> | null = null;
  const runAll = async (graceMs: number): Promise<void> => {
    for (let stop = waiting.pop(); stop; stop = waiting.pop()) {
      // One that can not be stopped must not keep the others running; children end with this process at the latest.
      await stop(graceMs).catch(() => undefined);
    }
  };
  return {
    add: (stop) => {
      waiting.push(stop);
    },
    run: (graceMs) => {
      running ??= runAll(graceMs);
      return running;
    },
  };
}
