// Runs before `npm start` and `npm test`, on whatever Node the machine has: a fresh clone needs no step of its own.
const { execSync } = require('node:child_process');
const { existsSync } = require('node:fs');

if (!existsSync('node_modules/.package-lock.json')) {
  execSync('npm ci --no-audit --no-fund', { stdio: 'inherit' });
}
