import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../src/config';
import { knownSettings } from '../../src/config/settings';
import { aConfigFile, problemsOf } from '../a-config';

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

test('each setting that the app reads by name is described, in docs/azure.md as well', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  const readByName = sources.flatMap((name) =>
    [...read(join('src', name)).matchAll(/\b(?:settings|env)\.([A-Z][A-Z_]+)\b/g)].map(([, setting = '']) => setting),
  );
  // Of every program, not of this one.
  const ofTheShell = ['HOME', 'NO_COLOR', 'XDG_STATE_HOME'];
  const described = knownSettings.map(({ name }) => name);
  expect(readByName.filter((name) => !described.includes(name) && !ofTheShell.includes(name))).toEqual([]);
  const rows = knownSettings.map(
    (setting) => `| \`${setting.name}\` | ${setting.default ?? '–'} | ${setting.meaning} |`,
  );
  expect(rows.filter((row) => !read('docs/azure.md').includes(row))).toEqual([]);
});

test('a Key Vault reference that was not resolved is no key', () => {
  const settings = { CONTOSO_KEY: '@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/contoso-key/)' };
  expect(problemsOf(aConfigFile(), settings)).toEqual(['customers[0].key.setting: the setting CONTOSO_KEY is not set']);
});
