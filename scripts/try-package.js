// `npm run try:package`: packs, installs the file in an empty folder, and uses its command there as somebody who has nothing else.
const { execSync, spawn } = require('node:child_process');
const { copyFileSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-package-'));
const inFolder = { cwd: folder, stdio: 'inherit' };

/** One line of output is enough to know that the simulator listens. */
function firstOutputOf(child) {
  return new Promise((resolve, reject) => {
    child.stdout.once('data', resolve);
    child.once('exit', (code) => reject(new Error(`The simulator ended with exit code ${code}.`)));
  });
}

async function main() {
  const packed = execSync(`npm pack --silent --pack-destination "${folder}"`, { cwd: root, encoding: 'utf8' }).trim();
  execSync(`npm install --no-audit --no-fund "./${packed.split('\n').at(-1)}"`, inFolder);
  const installed = join(folder, 'node_modules', 'gateway-audit');
  copyFileSync(join(installed, 'audit.config.example.json'), join(folder, 'audit.config.example.json'));
  copyFileSync(join(installed, 'local.settings.json.example'), join(folder, 'local.settings.json'));
  const command = join(installed, 'bin', 'gateway-audit.js');
  const simulator = spawn(process.execPath, [command, 'simulator'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await firstOutputOf(simulator);
    execSync('npx --no-install gateway-audit --version', inFolder);
    execSync('npx --no-install gateway-audit run --customer contoso --check access --check limit-status', inFolder);
    execSync('npx --no-install gateway-audit exam > exam.txt', inFolder);
  } finally {
    simulator.kill();
  }
  process.stdout.write('The packed file works in an empty folder: run, simulator, exam.\n');
}

main().finally(() => rmSync(folder, { recursive: true, force: true }));
