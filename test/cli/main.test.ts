import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { aConfigFile } from '../a-config';

/* The package's command as a user starts it; `npm test` builds it first. */
const root = join(__dirname, '../..');

async function spawned(args: readonly string[], env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-audit-'));
  const child = spawn(process.execPath, [join(root, 'bin/gateway-audit.js'), ...args], {
    cwd: folder,
    // Nothing of the developer's own: what a command needs, a test gives it.
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[exitCode], stdout, stderr]) => ({ exitCode, stdout, stderr }),
  );
  return { child, ended };
}

test('checks the example configuration', async () => {
  const { ended } = await spawned(['config', 'check', join(root, 'audit.config.example.json'), '--no-keys']);
  const { exitCode, stdout, stderr } = await ended;
  expect({ exitCode, stderr, firstLine: stdout.split('\n')[0] }).toEqual({
    exitCode: 0,
    stderr: '',
    firstLine: expect.stringMatching(/audit\.config\.example\.json: no problems \(\d+ gateways, \d+ customers\)\.$/),
  });
});

test('ends with exit code 3 where no configuration is found', async () => {
  const { ended } = await spawned(['run']);
  expect(await ended).toEqual({
    exitCode: 3,
    stdout: '',
    stderr:
      'error: Cannot read the configuration audit.config.json: there is no such file; audit.config.example.json shows what to write.\n',
  });
});

test('ends cleanly on Ctrl-C, with what it saw', async () => {
  const gateway = createServer((_, response) => {
    response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '60' });
    response.end(JSON.stringify({ statusCode: 429, message: 'Token limit is exceeded. Try again in 60 seconds.' }));
  });
  const asked = once(gateway, 'request');
  await once(gateway.listen(0, '127.0.0.1'), 'listening');
  try {
    const endpoint = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/aoai`;
    const config = join(await mkdtemp(join(tmpdir(), 'gateway-audit-')), 'a.json');
    await writeFile(config, JSON.stringify(aConfigFile({ gateway: { endpoint }, customer: { dedicated: true } })));
    const { child, ended } = await spawned(['run', '--config', config, '--check', 'token-limit', '--json'], {
      CONTOSO_KEY: 'contoso-demo-key',
    });
    await asked;
    child.kill('SIGINT');
    const { exitCode, stdout, stderr } = await ended;
    const verdicts = JSON.parse(stdout).reports.map((report: { verdict: string }) => report.verdict);
    expect({ exitCode, verdicts, stderr }).toEqual({
      exitCode: 130,
      verdicts: ['inconclusive'],
      stderr: 'interrupted: 1 of 1 audits had begun\n',
    });
  } finally {
    gateway.close();
  }
});
