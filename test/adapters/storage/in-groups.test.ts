import { inGroups } from '../../../src/adapters/storage/in-groups';

/** Answers ten times what is wanted; a group is held until the test lets it go on. */
function heldGroups(most: number) {
  const groups: (readonly number[])[] = [];
  const release: (() => void)[] = [];
  const ask = inGroups<number, number>(most, async (group) => {
    groups.push(group);
    await new Promise<void>((resolve) => release.push(resolve));
    return group.map((wanted) => (wanted < 0 ? { error: new Error(`${wanted}`) } : { answer: wanted * 10 }));
  });
  return { ask, groups, letGo: () => release.shift()?.() };
}

test('what is wanted while a group is under way makes up the next, each with its own answer', async () => {
  const { ask, groups, letGo } = heldGroups(10);
  const answers = [ask(1), ask(2), ask(3)];
  letGo();
  expect(await answers[0]).toBe(10);
  letGo();
  expect(await Promise.all(answers)).toEqual([10, 20, 30]);
  expect(groups).toEqual([[1], [2, 3]]);
});

test('a group has so many at most, in the order of asking', async () => {
  const { ask, groups, letGo } = heldGroups(2);
  const answers = [1, 2, 3, 4].map(ask);
  for (const answer of [0, 1, 3]) {
    letGo();
    await answers[answer];
  }
  expect(groups).toEqual([[1], [2, 3], [4]]);
});

test('one that fails is told so, and the others of its group get their answers', async () => {
  const { ask, letGo } = heldGroups(10);
  const [first, bad, good] = [ask(1), ask(-2), ask(3)];
  letGo();
  await first;
  letGo();
  await expect(bad).rejects.toThrow('-2');
  expect(await good).toBe(30);
});

test('where a whole group fails all of it are told, and the next is tried', async () => {
  let isDown = true;
  const ask = inGroups<number, number>(10, async (group) => {
    if (isDown) throw new Error('storage is down');
    return group.map((answer) => ({ answer }));
  });
  await expect(ask(1)).rejects.toThrow('storage is down');
  isDown = false;
  expect(await ask(2)).toBe(2);
});
