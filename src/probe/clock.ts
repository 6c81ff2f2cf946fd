/** Time as an argument. `nowMs` is epoch milliseconds and never runs backwards within a process. */
export interface Clock {
  nowMs(): number;
  /** Resolves at `atMs` (at once where that has passed) or, rejecting with the signal's reason, when it is aborted. */
  sleepUntil(atMs: number, signal?: AbortSignal): Promise<void>;
}
