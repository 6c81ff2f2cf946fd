import type { TriggerInput } from '../invoke';
import type { TimerStatus } from './timer-status';

/** What a timer function is given. `status` is null for a timer without a monitor, and so is its scheduleStatus. */
export function toTimerInput(status: TimerStatus | null, due: 'on time' | 'past due'): TriggerInput {
  const timer = {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: status && {
      Last: toText(status.lastMs),
      Next: toText(status.nextMs),
      LastUpdated: toText(status.updatedMs),
    },
    IsPastDue: due === 'past due',
  };
  const json = JSON.stringify(timer);
  return { data: { json }, metadata: { TimerTrigger: { json } } };
}

/** The platform says "never" as .NET's first instant. */
function toText(atMs: number | null): string {
  return atMs === null ? '0001-01-01T00:00:00+00:00' : new Date(atMs).toISOString().replace('Z', '+00:00');
}
