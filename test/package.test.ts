import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

interface Packed {
  readonly files: readonly { readonly path: string }[];
}

/** What `npm pack` would put into the package; `npm test` builds first. */
function packedPaths(): readonly string[] {
  const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [packed] = JSON.parse(printed) as readonly Packed[];
  return (packed?.files ?? []).map(({ path }) => path);
}

const paths = packedPaths();

test('the package holds the command, the simulator, the exam, the page, the demo and what to read', () => {
  const parts = paths.map((path) => (path.startsWith('dist/') ? path.split('/', 2).join('/') : path.split('/')[0]));
  expect([...new Set(parts)].toSorted()).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'audit.config.example.json',
    'bin',
    'dist/dashboard',
    'dist/exam',
    'dist/simulator',
    'dist/src',
    'docs',
    'local.settings.json.example',
    'package.json',
    'simulator',
    'simulator.config.example.json',
  ]);
});

test('no tests, sources, maps, settings or data are in it', () => {
  expect(paths.filter((path) => /\.(ts|map)$|\.test\.|^\.|local\.settings\.json$|node_modules/.test(path))).toEqual([]);
});

test('what the command loads is a dependency, not one of development', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Readonly<Record<string, string>>;
  };
  const loaded = paths
    .filter((path) => /^dist\/(src|simulator|exam)\/.*\.js$/.test(path))
    .flatMap((path) => [...readFileSync(join(root, path), 'utf8').matchAll(/(?:require|import)\("([^.][^"]*)"\)/g)])
    .map(([, name = '']) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'));
  expect([...new Set(loaded)].filter((name) => !(name in dependencies))).toEqual([]);
  expect(loaded).toContain('commander');
});
