import { systemClock } from '../../src/adapters/system-clock';

test('tells epoch milliseconds', () => {
  const before = Date.now();
  expect(Math.abs(systemClock.nowMs() - before)).toBeLessThan(1000);
});

test('wakes not before the time it was given', async () => {
  const wakeAtMs = systemClock.nowMs() + 5;
  await systemClock.sleepUntil(wakeAtMs);
  expect(systemClock.nowMs()).toBeGreaterThanOrEqual(wakeAtMs);
});

test('does not sleep until a time that has passed', async () => {
  await expect(systemClock.sleepUntil(systemClock.nowMs() - 1000)).resolves.toBeUndefined();
});

test('rejects with the reason of a signal that is aborted before or while it sleeps', async () => {
  const reason = new Error('stopped');
  await expect(systemClock.sleepUntil(systemClock.nowMs() + 60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const sleep = systemClock.sleepUntil(systemClock.nowMs() + 60_000, controller.signal);
  controller.abort(reason);
  await expect(sleep).rejects.toBe(reason);
});

test('sleeps on where the wait is longer than a timer can be', async () => {
  const controller = new AbortController();
  let woke = false;
  const sleep = systemClock.sleepUntil(systemClock.nowMs() + 2 ** 31 + 60_000, controller.signal).then(
    () => {
      woke = true;
    },
    () => undefined,
  );
  await systemClock.sleepUntil(systemClock.nowMs() + 20);
  expect(woke).toBe(false);
  controller.abort();
  await sleep;
});
