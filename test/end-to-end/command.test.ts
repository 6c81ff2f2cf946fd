import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseSimulatorConfig } from '../../simulator/config';
import { type Simulator, startSimulator } from '../../simulator/server';
import type { Report } from '../../src/audit/report';
import { connectionStringAt } from '../azurite';
import { aFreePort } from './a-free-port';

/* `gateway-audit run` as a user starts it, against a gateway that answers over HTTP; `npm test` builds it first. */
jest.setTimeout(60_000);

const command = join(__dirname, '../../bin/gateway-audit.js');
const keys = { HEALTHY_KEY: 'key-of-healthy', LOCKED_OUT_KEY: 'key-of-locked-out', BEHIND_A_LOGIN_KEY: 'key-of-login' };
let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await startSimulator({
    port: 0,
    config: parseSimulatorConfig({
      latency: { baseMs: 5, jitterMs: 0, perTokenMs: 0, refusalMs: 1 },
      customers: [
        { id: 'healthy', key: keys.HEALTHY_KEY, tokensPerMinute: 1000 },
        { id: 'locked-out', key: keys.LOCKED_OUT_KEY, tokensPerMinute: 1000, faults: [{ name: 'key-refused' }] },
        {
          id: 'behind-a-login',
          key: keys.BEHIND_A_LOGIN_KEY,
          tokensPerMinute: 1000,
          faults: [{ name: 'garbage-answers', kind: 'html', share: 1 }],
        },
      ],
    }),
  });
  folder = mkdtempSync(join(tmpdir(), 'gateway-audit-command-'));
  const settings = Object.keys(keys);
  const config = {
    gateways: [
      {
        id: 'main',
        endpoint: `${simulator.url}/aoai`,
        deployment: 'gpt-4o',
        apiVersion: '2024-10-21',
        headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
      },
    ],
    customers: ['healthy', 'locked-out', 'behind-a-login'].map((id, at) => ({
      id,
      gateway: 'main',
      tokensPerMinute: 1000,
      key: { setting: settings[at] },
    })),
  };
  writeFileSync(join(folder, 'audit.config.json'), JSON.stringify(config));
});

afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(args: readonly string[], env: Readonly<Record<string, string>> = keys) {
  const child = spawn(process.execPath, [command, 'run', '--config', 'audit.config.json', '--json', ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [[exitCode], stdout, stderr] = await Promise.all([
    once(child, 'close'),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { exitCode, stdout, stderr };
}

const quickChecks = ['--check', 'access', '--check', 'limit-status'];

test('exit codes 0, 1 and 2 say what came of the audits, and one object is all that is printed', async () => {
  const all = await Promise.all(
    [['healthy'], ['locked-out'], ['behind-a-login'], ['healthy', 'behind-a-login'], ['healthy', 'locked-out']].map(
      async (customers) => {
        const ended = await run([...quickChecks, ...customers.flatMap((id) => ['--customer', id])]);
        const { reports, ...more } = JSON.parse(ended.stdout) as { reports: readonly Report[] };
        const verdicts = reports.map(({ customerId, check, verdict }) => `${customerId} ${check} ${verdict}`);
        const told = Object.values(keys).filter((key) => ended.stdout.includes(key));
        return { exitCode: ended.exitCode, stderr: ended.stderr, verdicts: verdicts.toSorted(), more, told };
      },
    ),
  );
  const quiet = { stderr: '', more: {}, told: [] };
  const healthy = ['healthy access pass', 'healthy limit-status pass'];
  const lockedOut = ['locked-out access fail', 'locked-out limit-status fail'];
  const behindALogin = ['behind-a-login access inconclusive', 'behind-a-login limit-status inconclusive'];
  expect(all).toEqual([
    { exitCode: 0, verdicts: healthy, ...quiet },
    { exitCode: 1, verdicts: lockedOut, ...quiet },
    { exitCode: 2, verdicts: behindALogin, ...quiet },
    { exitCode: 2, verdicts: [...behindALogin, ...healthy], ...quiet },
    { exitCode: 1, verdicts: [...healthy, ...lockedOut], ...quiet },
  ]);
});

test('exit code 3: a key that is not set is said before any traffic', async () => {
  const { exitCode, stdout, stderr } = await run(quickChecks, { ...keys, HEALTHY_KEY: '' });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toMatch(/^error: .*1 problem; nothing was started/);
  expect(stderr).toContain('HEALTHY_KEY');
});

test('exit code 4: reports are to be kept, and the storage is not there', async () => {
  const nowhere = `http://127.0.0.1:${await aFreePort()}`;
  const AzureWebJobsStorage = connectionStringAt({ table: nowhere, queue: nowhere });
  const customer = ['--customer', 'healthy', '--check', 'access', '--store'];
  const { exitCode, stdout, stderr } = await run(customer, { ...keys, AzureWebJobsStorage });
  expect({ exitCode, printed: JSON.parse(stdout) }).toEqual({ exitCode: 4, printed: { reports: [] } });
  expect(stderr).toMatch(/^error: .*storage/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});
