import type { FunctionDefinition, TimerTrigger } from '../../local/function-definition';
import { runTimer } from '../../local/timers/run-timer';
import { parseSchedule } from '../../local/timers/timer-schedule';
import type { TimerStatus } from '../../local/timers/timer-status';
import { createManualClock } from './manual-clock';

const noon = Date.UTC(2026, 10, 22, 12);
const minute = 60_000;
const hour = 60 * minute;

interface Options {
  readonly schedule?: string;
  readonly runOnStartup?: boolean;
  readonly useMonitor?: boolean;
  readonly stored?: TimerStatus;
  /** How long each run takes. */
  readonly takesMs?: number;
  readonly fails?: boolean;
}

/** Runs a timer on a clock that stands at 12:00 until told otherwise; `runs` lists what it was given, and when. */
function aTimer({ schedule = '0 0 * * * *', stored, takesMs = 0, ...options }: Options) {
  const clock = createManualClock(noon);
  const stopping = new AbortController();
  const kept = new Map(stored ? [['t', stored]] : []);
  const runs: unknown[] = [];
  const atOnce = { now: 0, most: 0 };
  const trigger: TimerTrigger = {
    kind: 'timer',
    binding: 'b',
    schedule: parseSchedule(schedule),
    runOnStartup: options.runOnStartup ?? false,
    useMonitor: options.useMonitor ?? true,
  };
  const definition: FunctionDefinition<TimerTrigger> = { name: 't', trigger, outputs: [], retry: null };
  const ended = runTimer(
    definition,
    {
      clock,
      log: () => undefined,
      statuses: {
        read: async (name) => kept.get(name) ?? null,
        write: async (name, status) => void kept.set(name, status),
      },
      invoke: async (_, { data }) => {
        const { ScheduleStatus, IsPastDue } = JSON.parse(data.json ?? '');
        runs.push({ at: time(clock.nowMs()), isPastDue: IsPastDue, next: ScheduleStatus?.Next.slice(11, 19) ?? null });
        atOnce.most = Math.max(atOnce.most, ++atOnce.now);
        await clock.sleepUntil(clock.nowMs() + takesMs, stopping.signal);
        atOnce.now -= 1;
        if (options.fails) throw new Error('it failed');
        return { outputData: [] };
      },
    },
    stopping.signal,
  );
  const stop = async (): Promise<void> => {
    stopping.abort();
    await ended;
  };
  return { clock, runs, kept, atOnce, stop };
}

function time(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

function aStatus(status: Partial<TimerStatus>): TimerStatus {
  return { lastMs: noon - hour, nextMs: noon + hour, updatedMs: noon - hour, schedule: '0 0 * * * *', ...status };
}

test('a new timer runs on schedule, and its first due time is kept before the first run', async () => {
  const { clock, runs, kept, stop } = aTimer({});
  await clock.advanceTo(noon + 59 * minute);
  expect(runs).toEqual([]);
  expect(kept.get('t')).toEqual({ lastMs: null, nextMs: noon + hour, updatedMs: noon, schedule: '0 0 * * * *' });
  await clock.advanceTo(noon + 2 * hour);
  await stop();
  expect(runs).toEqual([
    { at: '13:00:00', isPastDue: false, next: '13:00:00' },
    { at: '14:00:00', isPastDue: false, next: '14:00:00' },
  ]);
});

test('many missed due times are made up for by exactly one run, which says that it is past due', async () => {
  const { clock, runs, stop } = aTimer({ stored: aStatus({ nextMs: noon - 5 * hour }), runOnStartup: true });
  await clock.advanceTo(noon + 1);
  expect(runs).toEqual([{ at: '12:00:00', isPastDue: true, next: '07:00:00' }]);
  await clock.advanceTo(noon + hour);
  await stop();
  expect(runs.slice(1)).toEqual([{ at: '13:00:00', isPastDue: false, next: '13:00:00' }]);
});

test('a due time that has not come yet is no reason for a run at start', async () => {
  const { clock, runs, stop } = aTimer({ stored: aStatus({}) });
  await clock.advanceTo(noon + 1);
  await stop();
  expect(runs).toEqual([]);
});

test('a changed schedule forgets what was due', async () => {
  const { clock, runs, stop } = aTimer({ stored: aStatus({ nextMs: noon - hour, schedule: '0 30 * * * *' }) });
  await clock.advanceTo(noon + 1);
  await stop();
  expect(runs).toEqual([]);
});

test('runOnStartup runs once at the start and then on schedule', async () => {
  const { clock, runs, stop } = aTimer({ runOnStartup: true });
  await clock.advanceTo(noon + hour);
  await stop();
  expect(runs).toEqual([
    { at: '12:00:00', isPastDue: false, next: '13:00:00' },
    { at: '13:00:00', isPastDue: false, next: '13:00:00' },
  ]);
});

test('without a monitor nothing is kept, nothing is made up for, and the schedule status is null', async () => {
  const { clock, runs, kept, stop } = aTimer({ useMonitor: false, stored: aStatus({ nextMs: noon - hour }) });
  await clock.advanceTo(noon + hour);
  await stop();
  expect(runs).toEqual([{ at: '13:00:00', isPastDue: false, next: null }]);
  expect(kept.get('t')).toEqual(aStatus({ nextMs: noon - hour }));
});

test('a run that lasts longer than the interval is followed by one run at once, never accompanied by one', async () => {
  const { clock, runs, atOnce, stop } = aTimer({ takesMs: 2.5 * hour });
  await clock.advanceTo(noon + 7 * hour);
  await stop();
  expect(runs.map((run) => (run as { at: string }).at)).toEqual(['13:00:00', '15:30:00', '18:00:00']);
  expect(atOnce.most).toBe(1);
});

test('a failing run does not stop the schedule', async () => {
  const { clock, runs, stop } = aTimer({ fails: true });
  await clock.advanceTo(noon + 3 * hour);
  await stop();
  expect(runs).toHaveLength(3);
});
