import type { Clock } from '../probe/clock';

/** Makes a value at most once in `periodMs`, also where several ask at once; what could not be made is tried again. */
export function keptFor<T>(periodMs: number, clock: Pick<Clock, 'nowMs'>, make: () => Promise<T>): () => Promise<T> {
  let kept: { readonly untilMs: number; readonly value: Promise<T> } | null = null;
  return () => {
    if (kept !== null && clock.nowMs() < kept.untilMs) return kept.value;
    const value = make().catch((error: unknown) => {
      kept = null;
      throw error;
    });
    kept = { untilMs: clock.nowMs() + periodMs, value };
    return value;
  };
}
