import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { buildApp, endPrograms, printedBy, processesOf, type RunningProgram, runProgram } from './built-app';
import { until } from './sample-host';

jest.setTimeout(60_000);

afterEach(endPrograms);

function aFreePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** The demo with quick checks only, on a port of its own. */
async function aDemo(): Promise<string> {
  const port = await aFreePort();
  const gateway = {
    id: 'demo',
    endpoint: `http://127.0.0.1:${port}/aoai`,
    deployment: 'gpt-4o',
    apiVersion: '2024-10-21',
    headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
  };
  const customer = { id: 'contoso', gateway: 'demo', key: { setting: 'CONTOSO_KEY' }, tokensPerMinute: 1000 };
  return buildApp({
    'audit.config.example.json': { gateways: [gateway], customers: [customer] },
    'simulator.config.example.json': {
      port,
      deployments: [{ name: 'gpt-4o' }],
      backends: [{ id: 'b', region: 'Sweden Central', tokensPerMinute: 450_000 }],
      customers: [{ id: 'contoso', key: 'simulated', tokensPerMinute: 1000 }],
    },
  });
}

function start(folder: string, ...args: readonly string[]): RunningProgram {
  return runProgram(folder, 'local/start.js', { args, env: { PORT: '0', CONTOSO_KEY: 'a real key' } });
}

async function history(
  program: RunningProgram,
): Promise<readonly { check: string; verdict: string; trigger: string }[]> {
  const address = await printedBy(program, /HTTP API +(\S+)/);
  const response = await fetch(address.replace('/customers?', '/customers/contoso/audits?'));
  return ((await response.json()) as { audits: { check: string; verdict: string; trigger: string }[] }).audits;
}

test('everything starts, verdicts are told, Ctrl-C ends it all, and the next start still has the history', async () => {
  const folder = await aDemo();
  const first = start(folder);
  await printedBy(first, /Done: 2 pass, 0 fail, 0 inconclusive/);
  await printedBy(first, /digest +number 1 of \S+; every chain's head is signed now and on every hour/);
  expect(first.printed()).toMatch(/^contoso +limit-status +pass +reachable, headers-present$/m);
  expect(first.printed()).toMatch(/^contoso +access +pass +\S/m);
  expect(first.printed()).not.toContain('simulated');
  expect((await history(first)).map(({ check, verdict }) => `${check} ${verdict}`).sort()).toEqual([
    'access pass',
    'limit-status pass',
  ]);
  first.child.kill('SIGINT');
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(processesOf(folder)).toEqual([]);

  const second = start(folder);
  await printedBy(second, /Done: 2 pass/);
  expect(await history(second)).toHaveLength(4);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('a second start on the same data is refused, and one that is killed leaves nothing running', async () => {
  const folder = await aDemo();
  const first = start(folder);
  await printedBy(first, /are queued/);
  const second = start(folder);
  expect(await second.ended).toBe(3);
  expect(second.printed()).toContain('is in use by another npm start');

  first.child.kill('SIGKILL');
  await first.ended;
  await until(() => processesOf(folder).length === 0);
});

test.each([
  ['an unknown option', ['--confg', 'x'], 'Usage: npm start'],
  ['a file that is not there', ['--config', 'absent.json'], 'there is no such file'],
  ['a configuration with problems', ['--config', 'host.json', '--no-simulator'], '  '],
])('%s is said before anything is started, with exit code 3', async (_, args, text) => {
  const folder = await aDemo();
  const program = start(folder, ...args);
  expect(await program.ended).toBe(3);
  expect(program.printed()).toMatch(/^error: /);
  expect(program.printed()).toContain(text);
  expect(program.printed()).not.toContain('storage     ');
});

test("a simulator's port that is taken is one clear line, and nothing is left running", async () => {
  const folder = await aDemo();
  const { port } = JSON.parse(readFileSync(join(folder, 'simulator.config.example.json'), 'utf8')) as { port: number };
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', () => resolve()));
  const program = start(folder);
  const code = await program.ended;
  other.close();
  expect(code).toBe(3);
  expect(program.printed()).toMatch(/^error: Cannot start the gateway simulator: .*EADDRINUSE/m);
  expect(processesOf(folder)).toEqual([]);
});
