// Bundles the page into dist/dashboard, or the folder that it is told: three text files and an icon, served as they are.
const { buildSync } = require('esbuild');
const { copyFileSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const from = join(__dirname, '..', 'dashboard');
const to = process.argv[2] ?? join(__dirname, '..', 'dist', 'dashboard');

mkdirSync(to, { recursive: true });
buildSync({
  entryPoints: [join(from, 'main.ts')],
  outfile: join(to, 'main.js'),
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'browser',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  legalComments: 'eof',
  logLevel: 'warning',
});
// One file for the page, in this order: what is narrow says more of what stands before it.
const styles = ['base', 'frame', 'verdicts', 'forms', 'tables', 'parts', 'narrow'];
const style = styles.map((name) => readFileSync(join(from, 'styles', `${name}.css`), 'utf8')).join('\n');
writeFileSync(join(to, 'style.css'), style);
for (const name of ['index.html', 'icon.svg']) copyFileSync(join(from, name), join(to, name));
