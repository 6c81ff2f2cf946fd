/** What the schedule monitor remembers of a timer between two starts of the host. Times in epoch milliseconds. */
export interface TimerStatus {
  /** Null before the first run. */
  readonly lastMs: number | null;
  readonly nextMs: number;
  readonly updatedMs: number;
  /** The schedule that `nextMs` was reckoned with. */
  readonly schedule: string;
}

/** Where timers' statuses are kept, by function name. */
export interface TimerStatuses {
  read(functionName: string): Promise<TimerStatus | null>;
  write(functionName: string, status: TimerStatus): Promise<void>;
}
