import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { knownSettings } from '../../src/config/settings';
import { readBicep } from './read-bicep';

/* No Bicep compiler runs here; this holds the files to what can be told by reading them. docs/azure.md says so. */
const folder = join(__dirname, '..', '..', 'infra');
const texts = new Map(
  readdirSync(folder)
    .filter((name) => name.endsWith('.bicep'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
const files = new Map([...texts].map(([name, text]) => [name, readBicep(text)]));
const names = [...files.keys()];

/** Azure's built-in roles by id, as its documentation of them has it. */
const builtInRoles: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Storage Blob Data Owner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'Storage Blob Data Contributor',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Storage Queue Data Contributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Storage Table Data Contributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Monitoring Metrics Publisher',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Key Vault Secrets User',
  'b86a8fe4-44ce-4948-aee5-eccb2c155cd7': 'Key Vault Secrets Officer',
  '12338af0-0e69-4776-bea7-57ae8d297424': 'Key Vault Crypto User',
  '73c42c96-874c-492b-b04d-ab87d138a893': 'Log Analytics Reader',
  '71522526-b88f-4d52-b57f-d31fc3546d0d': 'API Management Service Reader Role',
};

function fileOf(name: string) {
  const file = files.get(name);
  if (file === undefined) throw new Error(`There is no infra/${name}.`);
  return file;
}

test.each(names)('%s closes what it opens', (name) => {
  const open: string[] = [];
  const pairs: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  for (const sign of fileOf(name).code.match(/[()[\]{}]/g) ?? []) {
    const opener = pairs[sign];
    if (opener === undefined) open.push(sign);
    else expect([open.pop(), sign]).toEqual([opener, sign]);
  }
  expect(open).toEqual([]);
});

test.each(names)('%s uses each parameter and variable that it declares', (name) => {
  const { code, parameters, variables } = fileOf(name);
  const declared = [...parameters.map((parameter) => parameter.name), ...variables];
  const used = (word: string) =>
    [...code.matchAll(new RegExp(`\\b${word}\\b(?!\\s*:)|(?:: |in )${word}\\b`, 'g'))].length > 1;
  expect(declared.filter((word) => !used(word))).toEqual([]);
});

test.each(names)('%s gives each module what it asks for, and takes from it what it offers', (name) => {
  const { code, modules } = fileOf(name);
  for (const { name: module, path, given } of modules) {
    const called = fileOf(path);
    const asked = called.parameters.map((parameter) => parameter.name);
    const missing = called.parameters.filter(
      ({ name: parameter, isRequired }) => isRequired && !given.includes(parameter),
    );
    expect([module, given.filter((parameter) => !asked.includes(parameter)), missing]).toEqual([module, [], []]);
    const taken = [...code.matchAll(new RegExp(`\\b${module}\\.outputs\\.(\\w+)`, 'g'))].map(([, output]) => output);
    expect([module, taken.filter((output) => !called.outputs.includes(output ?? ''))]).toEqual([module, []]);
  }
  expect(
    [...code.matchAll(/\b(\w+)\.outputs\./g)].filter(([, from]) => !modules.some((one) => one.name === from)),
  ).toEqual([]);
});

test.each(names)('%s refers to what there is', (name) => {
  const { code, parameters, variables, resources, modules } = fileOf(name);
  const known = new Set([...parameters, ...resources, ...modules].map((one) => one.name).concat(variables));
  const loops = [...code.matchAll(/\bfor (\w+) in/g), ...code.matchAll(/\b(\w+) =>/g)].map(([, word = '']) => word);
  const roots = [...code.matchAll(/(?<![\w.])([a-z]\w*)(?=\.(?:id|name|properties|outputs)\b)/g)].map(
    ([, word = '']) => word,
  );
  const givenTo = [...code.matchAll(/(?:scope|parent): (\w+)\s*$/gm)].map(([, word = '']) => word);
  expect([...roots, ...givenTo].filter((word) => !known.has(word) && !loops.includes(word))).toEqual([]);
});

test('only built-in roles are given, and the app owns nothing but blobs', () => {
  const given = [...texts].flatMap(([name, text]) =>
    [...text.matchAll(/= '([0-9a-f]{8}-[0-9a-f-]{27})'/g)].map(
      ([, id = '']) => `${name}: ${builtInRoles[id] ?? `unknown ${id}`}`,
    ),
  );
  expect(given.toSorted()).toEqual([
    'apim-reader.bicep: API Management Service Reader Role',
    'meter-reader.bicep: Log Analytics Reader',
    'monitoring.bicep: Monitoring Metrics Publisher',
    'storage.bicep: Storage Blob Data Contributor',
    'storage.bicep: Storage Blob Data Owner',
    'storage.bicep: Storage Queue Data Contributor',
    'storage.bicep: Storage Table Data Contributor',
    'vault.bicep: Key Vault Crypto User',
    'vault.bicep: Key Vault Secrets Officer',
    'vault.bicep: Key Vault Secrets User',
  ]);
});

test('no key is read, put into a setting or accepted by the storage account', () => {
  const all = [...texts.values()].join('\n');
  expect(all.match(/listKeys|listAccountSas|AccountKey|SharedAccessSignature|InstrumentationKey|@secure/g)).toBeNull();
  expect(texts.get('storage.bicep')).toContain('allowSharedKeyAccess: false');
  expect(texts.get('monitoring.bicep')).toContain('DisableLocalAuth: true');
});

test('each resource names a dated version of its API', () => {
  const versions = [...files.values()].flatMap(({ resources }) => resources.map(({ apiVersion }) => apiVersion));
  expect(versions.filter((version) => !/^20\d\d-\d\d-\d\d(-preview)?$/.test(version))).toEqual([]);
  expect(versions.length).toBeGreaterThan(20);
});

test('names with the 13 characters of uniqueString are as short as Azure asks', () => {
  const longest: Readonly<Record<string, number>> = {
    staudit: 24,
    'kv-audit-': 24,
    'func-audit-': 60,
    'plan-audit-': 60,
  };
  const prefixes = [...(texts.get('main.bicep') ?? '').matchAll(/[nN]ame: '([a-z-]+)\$\{token\}'/g)].map(
    ([, prefix = '']) => prefix,
  );
  expect(Object.keys(longest).filter((prefix) => !prefixes.includes(prefix))).toEqual([]);
  expect(prefixes.filter((prefix) => prefix.length + 13 > (longest[prefix] ?? 63))).toEqual([]);
});

test("the app's settings are those that it, the platform or the identity library reads", () => {
  const [, block = ''] = /name: 'appsettings'([\s\S]*?)^\}/m.exec(texts.get('function-app.bicep') ?? '') ?? [];
  const set = [...block.matchAll(/\b((?:[A-Z][A-Z_]+|AzureWebJobsStorage__\w+)):/g)].map(([, name = '']) => name);
  const ofOthers = [
    'APPLICATIONINSIGHTS_AUTHENTICATION_STRING',
    'APPLICATIONINSIGHTS_CONNECTION_STRING',
    'AZURE_CLIENT_ID',
    'AZURE_TOKEN_CREDENTIALS',
  ];
  const known = new Set([...knownSettings.map(({ name }) => name), ...ofOthers]);
  expect(set.filter((name) => !known.has(name.split('__')[0] ?? ''))).toEqual([]);
  expect(set).toContain('AUDIT_CONFIG');
});

test('the parameters file gives parameters that there are, and all that have no default', () => {
  const { parameters } = JSON.parse(readFileSync(join(folder, 'main.parameters.json'), 'utf8')) as {
    parameters: object;
  };
  const declared = fileOf('main.bicep').parameters;
  const given = Object.keys(parameters);
  expect(given.filter((name) => !declared.some((parameter) => parameter.name === name))).toEqual([]);
  expect(declared.filter(({ name, isRequired }) => isRequired && !given.includes(name))).toEqual([]);
});
