import type { FunctionDefinition, TimerTrigger } from '../function-definition';
import type { HostClock } from '../host-clock';
import type { Invoke } from '../invoke';
import type { Log } from '../log';
import { toTimerInput } from './timer-input';
import type { TimerStatus, TimerStatuses } from './timer-status';

export interface TimerParts {
  readonly statuses: TimerStatuses;
  readonly invoke: Invoke;
  readonly clock: HostClock;
  readonly log: Log;
}

const storageRetryMs = 5_000;

/**
 * Runs one timer until the signal is aborted, as the platform's listener does: a due time missed while no host ran is
 * made up for by exactly one run (isPastDue), never one for each; else runOnStartup runs once; then on schedule. The
 * next time is reckoned when a run has ended, so there are never two runs at once, and errors do not stop it.
 */
export async function runTimer(
  definition: FunctionDefinition<TimerTrigger>,
  parts: TimerParts,
  signal: AbortSignal,
): Promise<void> {
  const { trigger } = definition;
  let { status, isPastDue } = await begin(definition, parts, signal);
  if (!isPastDue && trigger.runOnStartup) status = await fire(definition, parts, { status, due: 'startup' });

  while (!signal.aborted && status) {
    await parts.clock.sleepUntil(status.nextMs, signal);
    if (signal.aborted) return;
    status = await fire(definition, parts, { status, due: isPastDue ? 'past due' : 'on time' });
    isPastDue = false;
  }
}

interface Beginning {
  readonly status: TimerStatus | null;
  readonly isPastDue: boolean;
}

async function begin(
  definition: FunctionDefinition<TimerTrigger>,
  { statuses, clock, log }: TimerParts,
  signal: AbortSignal,
): Promise<Beginning> {
  const { schedule, useMonitor } = definition.trigger;
  while (!signal.aborted) {
    const nowMs = clock.nowMs();
    const fresh = statusAfter(definition, nowMs, null);
    if (!useMonitor || !fresh) return { status: fresh, isPastDue: false };
    try {
      const stored = await statuses.read(definition.name);
      if (stored?.schedule === schedule.text) return { status: stored, isPastDue: stored.nextMs < nowMs };
      await statuses.write(definition.name, fresh);
      return { status: fresh, isPastDue: false };
    } catch (error) {
      const message = `Cannot read the timer's status; tried again soon: ${(error as Error).message}`;
      log({ level: 'warning', category: 'Host.Timers', function: definition.name, message });
      await clock.sleepUntil(clock.nowMs() + storageRetryMs, signal);
    }
  }
  return { status: null, isPastDue: false };
}

interface Occasion {
  readonly status: TimerStatus | null;
  readonly due: 'on time' | 'past due' | 'startup';
}

async function fire(
  definition: FunctionDefinition<TimerTrigger>,
  { statuses, invoke, clock, log }: TimerParts,
  { status, due }: Occasion,
): Promise<TimerStatus | null> {
  const { useMonitor } = definition.trigger;
  const startedMs = clock.nowMs();
  const input = toTimerInput(useMonitor ? status : null, due === 'past due' ? due : 'on time');
  // The invocation has logged its own failure; the schedule goes on.
  await invoke(definition, input).catch(() => undefined);

  const ranMs = due === 'on time' && status ? Math.max(startedMs, status.nextMs) : startedMs;
  const after = statusAfter(definition, ranMs, ranMs);
  if (!useMonitor || !after) return after;
  try {
    await statuses.write(definition.name, after);
  } catch (error) {
    const message = `Cannot keep the timer's status: ${(error as Error).message}`;
    log({ level: 'warning', category: 'Host.Timers', function: definition.name, message });
  }
  return after;
}

function statusAfter(
  { trigger: { schedule } }: FunctionDefinition<TimerTrigger>,
  atMs: number,
  lastMs: number | null,
): TimerStatus | null {
  const nextMs = schedule.nextMs(atMs);
  return nextMs === null ? null : { lastMs, nextMs, updatedMs: atMs, schedule: schedule.text };
}
