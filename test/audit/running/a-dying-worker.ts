import type { Storage } from '../../../src/audit/ports';

/** The call of storage at which a worker dies: before it was made, or after it was made and before its answer came. */
export interface Death {
  readonly part: 'history' | 'limits' | 'open' | 'jobs' | 'charges' | 'leases' | 'budgets';
  readonly method: string;
  readonly when: 'before' | 'after';
  /** Which of that method's calls; the first is 1. */
  readonly call: number;
}

/** A storage under which a worker never gets any further than that call; `died` tells when it got there. */
export function dyingAt(death: Death): {
  readonly disturb: (storage: Storage) => Storage;
  readonly died: Promise<void>;
  /** Brings the worker back to life. */
  readonly wake: () => void;
} {
  let tellDied: () => void = () => {};
  let wake: () => void = () => {};
  const died = new Promise<void>((resolve) => {
    tellDied = resolve;
  });
  const woken = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const disturb = (storage: Storage) =>
    replaced(storage, death, (real) => {
      let calls = 0;
      return async (...args) => {
        calls += 1;
        if (calls !== death.call) return real(...args);
        const answer = death.when === 'after' ? await real(...args) : null;
        tellDied();
        await woken;
        return death.when === 'after' ? answer : real(...args);
      };
    });
  return { disturb, died, wake: () => wake() };
}

type Method = (...args: unknown[]) => Promise<unknown>;

/** A storage with one method made anew from the real one. */
export function replaced(
  storage: Storage,
  { part, method }: Pick<Death, 'part' | 'method'>,
  make: (real: Method) => Method,
): Storage {
  // Tests name a method that is there, or fail at its first call.
  const methods = storage[part] as unknown as Readonly<Record<string, Method>>;
  const real = methods[method];
  if (real === undefined) throw new Error(`Storage has no ${part}.${method}.`);
  return { ...storage, [part]: { ...methods, [method]: make(real) } };
}
