import { virtualClock } from './virtual-clock';

test('sleepers wake in the order of their moments, each at its own', async () => {
  const clock = virtualClock(0);
  const woken: unknown[] = [];
  const nap = async (name: string, atMs: number) => {
    await clock.sleepUntil(atMs);
    woken.push([name, clock.nowMs()]);
  };
  await Promise.all([nap('late', 60_000), nap('early', 10), nap('also early', 10), nap('past', -5)]);
  expect(woken).toEqual([
    ['past', 0],
    ['early', 10],
    ['also early', 10],
    ['late', 60_000],
  ]);
});

test('an aborted sleep rejects with the reason and moves no time', async () => {
  const clock = virtualClock(0);
  const nap = new AbortController();
  const sleep = clock.sleepUntil(60_000, nap.signal);
  nap.abort(new Error('woken'));
  await expect(sleep).rejects.toThrow('woken');
  await clock.sleepUntil(5);
  expect(clock.nowMs()).toBe(5);
});
