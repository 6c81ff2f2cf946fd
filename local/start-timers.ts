import type { FunctionDefinition, TimerTrigger } from './function-definition';
import type { HostClock } from './host-clock';
import type { Invoke } from './invoke';
import type { Log } from './log';
import { holdTimers } from './timers/hold-timers';
import { runTimer } from './timers/run-timer';
import type { TimerStatuses } from './timers/timer-status';
import { openTimerStore } from './timers/timer-table';

export interface TimersParts {
  /** The same for all hosts of one app. */
  readonly hostId: string;
  readonly owner: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly leaseMs: number;
  readonly invoke: Invoke;
  readonly clock: HostClock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface RunningTimers {
  /** Null where the app has no timers. */
  readonly statuses: TimerStatuses | null;
  /** Resolves when the last run has ended, after the signal was aborted. */
  readonly ended: Promise<void>;
}

/** Runs the app's timers while this host holds the lease on them. Without timers no storage is needed. */
export async function startTimers(
  definitions: readonly FunctionDefinition<TimerTrigger>[],
  parts: TimersParts,
): Promise<RunningTimers> {
  if (definitions.length === 0) return { statuses: null, ended: Promise.resolve() };
  const { statuses, lease } = await openTimerStore(parts.hostId, parts.settings);
  const runTimers = async (signal: AbortSignal): Promise<void> => {
    await Promise.all(definitions.map((definition) => runTimer(definition, { ...parts, statuses }, signal)));
  };
  return { statuses, ended: holdTimers({ ...parts, lease, runTimers }, parts.signal) };
}
