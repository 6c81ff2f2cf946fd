// `npm run test:chaos -- 200`: so many rounds of killing workers under running audits; 20 where it is told no number.
const { spawnSync } = require('node:child_process');

const rounds = process.argv[2] ?? '20';
if (!/^[1-9]\d{0,4}$/.test(rounds)) {
  process.stderr.write(`Not a number of rounds: ${rounds}\n`);
  process.exit(3);
}
const jest = require.resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, 'test/chaos'], {
  stdio: 'inherit',
  env: { ...process.env, CHAOS_ROUNDS: rounds },
});
process.exit(status ?? 1);
