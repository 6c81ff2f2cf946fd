/** Work of this process that must not run at the same time: whoever names one key runs one after the other. */
export interface Exclusive {
  /** Runs `work` once nobody else holds any of the keys, in the order of asking. */
  whenFree<T>(keys: readonly string[], work: () => Promise<T>): Promise<T>;
}

export function createExclusive(): Exclusive {
  const last = new Map<string, Promise<unknown>>();

  async function whenFree<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = Promise.allSettled(keys.map((key) => last.get(key)));
    const running = before.then(work);
    for (const key of keys) last.set(key, running);
    try {
      return await running;
    } finally {
      for (const key of keys) if (last.get(key) === running) last.delete(key);
    }
  }

  return { whenFree };
}

/** Runs at most `atOnce` pieces of work at a time, in the order of asking. */
export function createSlots(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = Math.max(1, atOnce);
  const waiting: (() => void)[] = [];

  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
