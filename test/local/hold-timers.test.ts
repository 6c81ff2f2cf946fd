import { randomUUID } from 'node:crypto';
import { holdTimers } from '../../local/timers/hold-timers';
import { openTimerStore, type TimerStore } from '../../local/timers/timer-table';
import { azuriteConnectionString, uniquePrefix } from '../azurite';
import { createManualClock, type ManualClock } from './manual-clock';
import { until } from './sample-host';

const leaseMs = 15_000;

async function aStore(hostId = uniquePrefix()): Promise<TimerStore> {
  return openTimerStore(hostId, { AzureWebJobsStorage: await azuriteConnectionString() });
}

interface Holder {
  readonly isRunning: () => boolean;
  readonly stop: () => Promise<void>;
}

function aHolder({ lease }: TimerStore, clock: ManualClock): Holder {
  const stopping = new AbortController();
  let isRunning = false;
  const runTimers = async (signal: AbortSignal): Promise<void> => {
    isRunning = true;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    isRunning = false;
  };
  const parts = { owner: randomUUID(), lease, leaseMs, clock, log: () => undefined, runTimers };
  const ended = holdTimers(parts, stopping.signal);
  return {
    isRunning: () => isRunning,
    stop: () => {
      stopping.abort();
      return ended;
    },
  };
}

/** Lets time pass in steps, with real moments between them for the storage to answer. */
async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let step = 0; step < 10; step += 1) {
    await clock.advanceTo(clock.nowMs() + ms / 10);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('of two hosts on one storage one runs the timers, and the other takes over when it stops', async () => {
  const store = await aStore();
  const clock = createManualClock(0);
  const first = aHolder(store, clock);
  await until(() => first.isRunning());
  const second = aHolder(store, clock);
  await pass(clock, 3 * leaseMs);
  expect([first.isRunning(), second.isRunning()]).toEqual([true, false]);

  await first.stop();
  expect(first.isRunning()).toBe(false);
  await pass(clock, leaseMs);
  expect(second.isRunning()).toBe(true);
  await second.stop();
});

test('when a host dies without a word its lease ends by itself', async () => {
  const store = await aStore();
  expect(await store.lease.take('dead', 0, leaseMs)).toBe(true);
  const clock = createManualClock(1);
  const next = aHolder(store, clock);
  await pass(clock, leaseMs / 2);
  expect(next.isRunning()).toBe(false);
  await pass(clock, leaseMs);
  expect(next.isRunning()).toBe(true);
  await next.stop();
});

test('a status is kept by app and function, whatever the case of its name', async () => {
  const status = { lastMs: null, nextMs: 1, updatedMs: 2, schedule: '0 0 * * * *' };
  const app = `${uniquePrefix()} / @scope#app`;
  const [mine, others] = [await aStore(app), await aStore()];
  await mine.statuses.write('Dispatch', status);
  expect(await mine.statuses.read('dispatch')).toEqual(status);
  expect(await others.statuses.read('Dispatch')).toBeNull();
});
