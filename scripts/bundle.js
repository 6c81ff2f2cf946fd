// `npm run bundle`: the folder that is deployed, dist/deploy (or the one it is told). It needs no node_modules: what the
// app imports is in the bundle, cut into files, so that a start reads only what registers the functions.
const { execFileSync } = require('node:child_process');
const { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { build } = require('esbuild');

const root = resolve(__dirname, '..');
const target = resolve(process.argv[2] ?? join(root, 'dist', 'deploy'));
const code = join(target, 'dist');

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

async function main() {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(code, { recursive: true });
  const apart = new Set();
  // Names stay as they are: the stack of an error in the log says where it came from.
  const app = await build({
    ...shared,
    entryPoints: ['src/functions/main.ts'],
    outdir: code,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    format: 'esm',
    splitting: true,
    // The platform's worker answers for this one; it is in no package.
    external: ['@azure/functions-core'],
    define: { __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    plugins: [filesApart(apart)],
  });
  const packages = await Promise.all(
    [...apart].map((name) =>
      build({ ...shared, minify: true, entryPoints: [name], outfile: join(code, `${name}.cjs`), format: 'cjs' }),
    ),
  );
  execFileSync(process.execPath, [join(__dirname, 'build-dashboard.js'), join(code, 'dashboard')]);
  cpSync(join(root, 'host.json'), join(target, 'host.json'));
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest(), null, 2)}\n`);
  writeFileSync(join(target, 'THIRD-PARTY-LICENSES.txt'), licences([app, ...packages]));
  // Where the configuration is a file, it goes with the app; it names keys and holds none.
  if (existsSync(join(root, 'audit.config.json')))
    cpSync(join(root, 'audit.config.json'), join(target, 'audit.config.json'));
  process.stdout.write(`${target}: ${(sizeOf(target) / 2 ** 20).toFixed(1)} MiB\n`);
}

/** A package that our sources `require` within a function is loaded when first needed: it becomes a file of its own. */
function filesApart(found) {
  return {
    name: 'files-apart',
    setup({ onResolve }) {
      onResolve({ filter: /^[a-z]/ }, ({ path, kind, importer }) => {
        if (kind !== 'require-call' || !importer.startsWith(join(root, 'src'))) return undefined;
        found.add(path);
        return { path: `./${path}.cjs`, external: true };
      });
    },
  };
}

function manifest() {
  const { name, version, description, license } = require('../package.json');
  return { name, version, description, license, private: true, main: 'dist/main.mjs' };
}

/** What the licences of the bundled packages ask for: their text, with the package that each is of. */
function licences(builds) {
  const files = builds.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const found = globSync('{LICEN[SC]E,licen[sc]e,LICEN[SC]E-MIT}{,.*}', { cwd: join(root, folder) })[0];
    const text = found === undefined ? `${license}\n` : readFileSync(join(root, folder, found), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

function sizeOf(folder) {
  return globSync('**', { cwd: folder })
    .map((path) => statSync(join(folder, path)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
