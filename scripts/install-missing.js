// Runs before `npm start`, `npm test` and `npm run bench`, on whatever Node the machine has: a fresh clone needs no step
// of its own. `bench` as argument: the peers of the benchmarks as well.
const { execSync } = require('node:child_process');
const { existsSync } = require('node:fs');

const folders = process.argv[2] === 'bench' ? ['.', 'bench'] : ['.'];
for (const folder of folders) {
  if (!existsSync(`${folder}/node_modules/.package-lock.json`)) {
    execSync('npm ci --no-audit --no-fund', { stdio: 'inherit', cwd: folder });
  }
}
