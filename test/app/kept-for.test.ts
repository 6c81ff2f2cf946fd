import { keptFor } from '../../src/app/kept-for';

function counted(periodMs: number) {
  let nowMs = 0;
  let made = 0;
  const get = keptFor(periodMs, { nowMs: () => nowMs }, async () => {
    made += 1;
    if (made === 1) throw new Error('storage is down');
    return made;
  });
  return { get, pass: (ms: number) => (nowMs += ms) };
}

test('what could not be made is tried again; what was made is kept for its time', async () => {
  const { get, pass } = counted(15_000);
  await expect(Promise.all([get(), get()])).rejects.toThrow('storage is down');
  expect(await Promise.all([get(), get()])).toEqual([2, 2]);
  pass(14_999);
  expect(await get()).toBe(2);
  pass(1);
  expect(await get()).toBe(3);
});
