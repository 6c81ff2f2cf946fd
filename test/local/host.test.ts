import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { azuriteConnectionString } from '../azurite';
import { buildApp, endPrograms, printedBy, processesOf, type RunningProgram, runProgram } from './built-app';
import { until } from './sample-host';

jest.setTimeout(30_000);

const example: { readonly Values: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(__dirname, '../../local.settings.json.example'), 'utf8'),
);
const { FABRIKAM_KEY, ...inTheFile } = example.Values;

/** All settings but one stand in the file; that one, and what a test names, in the environment. */
const folder = buildApp({ 'local.settings.json': { Values: inTheFile } });
afterEach(endPrograms);

async function runHost(env: Readonly<Record<string, string>> = {}): Promise<RunningProgram> {
  const AzureWebJobsStorage = await azuriteConnectionString();
  return runProgram(folder, 'local/host.js', {
    env: { AzureWebJobsStorage, FABRIKAM_KEY: FABRIKAM_KEY ?? '', PORT: '0', ...env },
  });
}

const listening = /Listening at (\S+)/;

test('the host alone serves the app with a key that is made once, and ends on SIGTERM leaving nothing', async () => {
  const host = await runHost();
  const baseUrl = await printedBy(host, listening);
  const key = await printedBy(host, /Function key \(.*\): (\S+)/);
  expect(readFileSync(join(folder, '.data', 'function-key'), 'utf8').trim()).toBe(key);
  expect((await fetch(`${baseUrl}/customers`)).status).toBe(401);
  expect((await fetch(`${baseUrl}/customers?code=${key}`)).status).toBe(200);
  expect(processesOf(folder).filter((line) => line.includes('worker'))).toHaveLength(1);

  host.child.kill('SIGTERM');
  expect(await host.ended).toBe(0);
  expect(processesOf(folder)).toEqual([]);

  const again = await runHost();
  await printedBy(again, listening);
  expect(again.printed()).not.toContain('Function key');
});

test('LOCAL_FUNCTION_KEY is the key, and logs that are no terminal are JSON lines', async () => {
  const host = await runHost({ LOCAL_FUNCTION_KEY: 'mine' });
  const baseUrl = await printedBy(host, listening);
  expect((await fetch(`${baseUrl}/customers`, { headers: { 'x-functions-key': 'mine' } })).status).toBe(200);
  const logged = await printedBy(host, /^.*Succeeded.*$/m);
  expect(JSON.parse(logged)).toMatchObject({ level: 'information', category: expect.stringMatching(/^Function\./) });
  expect(host.printed()).not.toContain('mine');
});

test('when the host is killed the process of the app leaves by itself', async () => {
  const host = await runHost();
  await printedBy(host, listening);
  host.child.kill('SIGKILL');
  await host.ended;
  await until(() => processesOf(folder).length === 0);
});

test('several hosts may share a storage', async () => {
  const hosts = [await runHost(), await runHost()];
  const addresses = await Promise.all(hosts.map((host) => printedBy(host, listening)));
  expect(new Set(addresses).size).toBe(2);
});

test.each([
  ['PORT', { PORT: 'x' }, 3, 'PORT is "x"; it must be a whole number from 0 to 65535.'],
  ['LOCAL_MESSAGE_LEASE_SECONDS', { LOCAL_MESSAGE_LEASE_SECONDS: '0' }, 3, 'LOCAL_MESSAGE_LEASE_SECONDS is "0"'],
  ['storage', { AzureWebJobsStorage: '' }, 3, 'No storage connection'],
])('a wrong %s is one clear line and exit code 3', async (_, env, code, text) => {
  const host = await runHost(env as Record<string, string>);
  expect(await host.ended).toBe(code);
  expect(host.printed()).toContain(`error: ${text}`);
  expect(processesOf(folder)).toEqual([]);
});

test('a port that is taken is one clear line, and nothing is left running', async () => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, '127.0.0.1', () => resolve((taken.address() as { port: number }).port));
  });
  const host = await runHost({ PORT: `${port}` });
  const code = await host.ended;
  taken.close();
  expect(code).toBe(3);
  expect(host.printed()).toContain(
    `error: Cannot listen on port ${port}: it is taken; stop the other program or set PORT.`,
  );
  expect(processesOf(folder)).toEqual([]);
});
