// `npm run test:fuzz -- 10000`: so many generated inputs to the routes, the configuration and the command line; 2000 where it is told no number.
const { spawnSync } = require('node:child_process');

const inputs = process.argv[2] ?? '2000';
if (!/^[1-9]\d{0,6}$/.test(inputs)) {
  process.stderr.write(`Not a number of inputs: ${inputs}\n`);
  process.exit(3);
}
const jest = require.resolve('jest/bin/jest');
const { status } = spawnSync(process.execPath, [jest, '--runInBand', 'test/fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ_INPUTS: inputs },
});
process.exit(status ?? 1);
