import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/config';
import { knownSettings } from '../../src/config/settings';

const root = join(__dirname, '../..');
const read = (name: string) => readFileSync(join(root, name), 'utf8');
const { Values: values } = JSON.parse(read('local.settings.json.example'));

test('the example settings are those that the app knows, the Functions host needs, or the example names as keys', () => {
  const config = parseConfig(read('audit.config.example.json'), 'the example', null);
  const known = new Set([
    ...knownSettings.map(({ name }) => name),
    'FUNCTIONS_WORKER_RUNTIME',
    ...config.customers.flatMap(({ key }) => (key ? [key.setting] : [])),
  ]);
  expect(Object.keys(values).filter((name) => !known.has(name))).toEqual([]);
});

test('with the example settings the example configuration has no problem', () => {
  expect(parseConfig(read('audit.config.example.json'), 'the example', values).customers.map(({ id }) => id)).toEqual([
    'contoso',
    'northwind',
    'fabrikam',
    'tailwind',
    'litware',
    'adventure',
    'wingtip',
    'fourth-coffee',
  ]);
});

test('each setting is described once', () => {
  const names = knownSettings.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});
