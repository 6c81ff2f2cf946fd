import { join } from 'node:path';
import { outputOf } from './command-output';

const demo = join(__dirname, '../../simulator.config.example.json');

test('serves a simulated gateway until it is stopped', async () => {
  const { exitCode, stdout, stderr } = await outputOf(['simulator', '--config', demo, '--port', '0'], {
    signal: AbortSignal.abort(),
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^Gateway simulator on http:\/\/127\.0\.0\.1:\d+\/aoai for contoso, northwind, .+\n$/);
});

test('ends with exit code 3 where its configuration is not there', async () => {
  const { exitCode, stdout, stderr } = await outputOf(['simulator', '--config', 'missing.json']);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(/^error: .*\n *missing\.json cannot be read/);
});
