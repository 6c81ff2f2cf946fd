import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openChargeFile } from '../../src/adapters/charge-file';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'charge-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what was charged is known to the next process', async () => {
  const path = join(folder, 'deep', 'charges.json');
  await openChargeFile(path).record('contoso', { atMs: 1000, tokens: 20 });
  await openChargeFile(path).record('a/b "ü"', { atMs: 2000, tokens: 30 });
  const next = openChargeFile(path);
  expect(await next.last('contoso')).toEqual({ atMs: 1000, tokens: 20 });
  expect(await next.last('a/b "ü"')).toEqual({ atMs: 2000, tokens: 30 });
  expect(await next.last('fabrikam')).toBeNull();
});

test('charges that are recorded at once are all kept, and nothing else is left behind', async () => {
  const path = join(folder, 'charges.json');
  const charges = openChargeFile(path);
  await Promise.all(Array.from({ length: 20 }, (_, at) => charges.record(`c${at}`, { atMs: at, tokens: at })));
  expect(Object.keys(JSON.parse(readFileSync(path, 'utf8')))).toHaveLength(20);
  expect(readdirSync(folder)).toEqual(['charges.json']);
});

test('an older charge that is reported late changes nothing', async () => {
  const charges = openChargeFile(join(folder, 'charges.json'));
  await charges.record('contoso', { atMs: 2000, tokens: 20 });
  await charges.record('contoso', { atMs: 1000, tokens: 10 });
  expect(await charges.last('contoso')).toEqual({ atMs: 2000, tokens: 20 });
});

test.each([
  ['missing', null],
  ['empty', ''],
  ['cut off', '{"contoso": {"atMs": 1'],
  ['of another shape', '{"contoso": 5}'],
  ['a list', '[]'],
])('a file that is %s knows nothing and is written anew', async (_, text) => {
  const path = join(folder, 'charges.json');
  if (text !== null) writeFileSync(path, text);
  const charges = openChargeFile(path);
  expect(await charges.last('contoso')).toBeNull();
  await charges.record('contoso', { atMs: 1, tokens: 2 });
  expect(await charges.last('contoso')).toEqual({ atMs: 1, tokens: 2 });
});

test('a file that cannot be written says so, and can still be read', async () => {
  const charges = openChargeFile(folder);
  await expect(charges.record('contoso', { atMs: 1, tokens: 2 })).rejects.toThrow();
  expect(await charges.last('contoso')).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});
