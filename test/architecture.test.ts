import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/**
 * The import table of docs/architecture.md: who may import whom. Imports run inward only; adapters implement the
 * ports that audit and probe declare; the simulator is the second opinion and shares nothing.
 */
const mayImport: Record<string, readonly string[]> = {
  error: [],
  probe: ['error'],
  apim: ['error'],
  audit: ['error', 'probe', 'apim'],
  config: ['error', 'probe', 'apim', 'audit'],
  charts: ['probe', 'audit'],
  api: ['error', 'probe', 'audit', 'config', 'charts'],
  adapters: ['error', 'probe', 'apim', 'audit'],
  app: ['error', 'probe', 'audit', 'config', 'api', 'adapters'],
  functions: ['error', 'app', 'api', 'audit'],
  cli: ['error', 'app', 'api', 'apim', 'config', 'audit', 'probe', 'adapters', 'exam', 'simulator'],
  simulator: [],
  exam: ['error', 'app', 'config', 'audit', 'probe', 'adapters', 'simulator'],
  local: ['error', 'app', 'config', 'audit', 'simulator'],
  dashboard: ['probe', 'audit', 'charts'],
};

const azurePackages = /^(@azure\/|@opentelemetry\/|openai$|openai\/|undici$)/;
const mayUseAzure = new Set(['functions', 'adapters']);
const root = resolve(__dirname, '..');

function layerOf(file: string): string {
  const path = relative(root, file).replaceAll('\\', '/');
  if (path.startsWith('simulator/')) return 'simulator';
  if (path.startsWith('local/')) return 'local';
  if (path.startsWith('exam/')) return 'exam';
  if (path.startsWith('dashboard/')) return 'dashboard';
  const inSource = path.replace(/^src\//, '');
  if (inSource === 'auditor-error.ts') return 'error';
  if (inSource === 'app.ts' || inSource === 'config.ts') return inSource.slice(0, -3);
  return inSource.split('/')[0] ?? '';
}

function sourceFiles(): string[] {
  return ['src', 'simulator', 'exam', 'local', 'dashboard'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, folder, name)),
  );
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
}

const files = sourceFiles();

test('every source file belongs to a layer of the import table', () => {
  const strangers = files.filter((file) => !(layerOf(file) in mayImport)).map((file) => relative(root, file));
  expect(strangers).toEqual([]);
});

test('imports run inward only', () => {
  const outward = files.flatMap((file) => {
    const from = layerOf(file);
    return importsOf(file)
      .filter((target) => target.startsWith('.'))
      .map((target) => layerOf(`${resolve(dirname(file), target)}.ts`))
      .filter((to) => to !== from && !(mayImport[from] ?? []).includes(to))
      .map((to) => `${relative(root, file)} imports ${to}`);
  });
  expect(outward).toEqual([]);
});

test('Azure, OpenAI and undici types stop in functions and adapters', () => {
  const leaks = files.flatMap((file) =>
    layerOf(file) === 'simulator' || layerOf(file) === 'local' || mayUseAzure.has(layerOf(file))
      ? []
      : importsOf(file)
          .filter((target) => azurePackages.test(target))
          .map((target) => `${relative(root, file)} imports ${target}`),
  );
  expect(leaks).toEqual([]);
});

test('only adapters, the simulator, the local host and the page read a clock, wait or draw random numbers', () => {
  const allowed = new Set(['adapters', 'simulator', 'local', 'dashboard']);
  const impure = /\bDate\.now\(|\bnew Date\(\)|\bsetTimeout\(|\bsetInterval\(|\bMath\.random\(|\bperformance\.now\(/;
  const offenders = files.filter((file) => !allowed.has(layerOf(file)) && impure.test(readFileSync(file, 'utf8')));
  expect(offenders.map((file) => relative(root, file))).toEqual([]);
});

test('no file is longer than 300 lines', () => {
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
  expect(long.map((file) => relative(root, file))).toEqual([]);
});
