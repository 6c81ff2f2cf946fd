import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Azurite, startAzurite } from '../../local/azurite';
import { buildApp, endPrograms, printedBy, processesOf, runProgram } from '../local/built-app';
import { type Canary, everythingStored, type Output, singing } from './canaries';
import { type EchoingGateway, startEchoingGateway } from './echoing-gateway';

/* Secrets are given to the whole service, audited by gateways that say them back; then all that leaves it is searched. */
jest.setTimeout(120_000);

const functionKey = 'canary-function-key-9d1f4e';
const keys = {
  CONTOSO_KEY: 'canary-contoso-5d41402abc4b2a76b9719d91',
  NORTHWIND_KEY: 'canary-northwind-7b8b965ad4bca0e41ab5',
  FABRIKAM_KEY: 'canary-fabrikam/+=&"8277e0910d750195',
  LITWARE_KEY: 'canary-litware-e1671797c52e15f763380b',
};
const webhookSecret = Buffer.from('canary-webhook-secret-of-32-bytes').toString('base64');
const signingKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const commands = [
  ['run', '--json', '--store', '--customer', 'northwind'],
  ['status'],
  ['history', 'northwind'],
  ['export', 'fabrikam'],
  ['verify', '--json'],
  ['report', 'contoso'],
  ['rejudge', '--json'],
  ['run', '--config', 'with-credentials.json'],
  ['config', 'check', 'with-credentials.json'],
  ['config', 'check', 'audit.config.json'],
];

let azurite: Azurite;
let gateway: EchoingGateway;
let folder: string;
let env: Record<string, string>;
let canaries: readonly Canary[];
const outputs: Output[] = [];

beforeAll(async () => {
  azurite = await startAzurite(mkdtempSync(join(tmpdir(), 'canaries-')), { blob: 0, queue: 0, table: 0 });
  gateway = await startEchoingGateway();
  const hook = `${gateway.url}/500/canary-hook-path?sig=canary-hook-signature`;
  const accountKey = /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1] ?? '';
  folder = buildApp({
    'audit.config.json': configOf(gateway.url),
    'with-credentials.json': { ...configOf('https://me:canary-password@gateway.example?code=canary-code') },
    'host.json': { version: '2.0', logging: { logLevel: { default: 'Trace' } } },
  });
  env = {
    AUDIT_STORAGE: azurite.connectionString,
    AzureWebJobsStorage: azurite.connectionString,
    LOCAL_FUNCTION_KEY: functionKey,
    AUDIT_SIGNING_KEY: signingKey,
    HOOK: hook,
    HOOK_SECRET: webhookSecret,
    AZURE_LOG_LEVEL: 'verbose',
    OPENAI_LOG: 'debug',
    AUDIT_DEBUG: '1',
    PORT: '0',
    ...keys,
  };
  canaries = [
    { name: 'the function key', secret: functionKey },
    { name: "the storage account's key", secret: accountKey },
    { name: "the webhook's address", secret: 'canary-hook-path' },
    { name: "the webhook's signature", secret: 'canary-hook-signature' },
    { name: "the webhook's secret", secret: webhookSecret },
    { name: 'the signing key', secret: signingKey.split('\n')[1] ?? '' },
    { name: 'a password in an address', secret: 'canary-password' },
    { name: 'a key in an address', secret: 'canary-code' },
    ...Object.entries(keys).map(([name, secret]) => ({ name, secret })),
  ];
});

afterAll(async () => {
  endPrograms();
  await Promise.all([gateway.close(), azurite.stop()]);
});

function configOf(url: string): object {
  const onGateway = (id: string, endpoint: string) => ({
    id: `on-${id}`,
    endpoint,
    deployment: 'gpt-4o',
    apiVersion: '2024-10-21',
    headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
  });
  const endpoints = {
    contoso: `${url}/200`,
    northwind: `${url}/401`,
    fabrikam: `${url}/500`,
    // Plain HTTP on what is to be TLS.
    litware: url.replace('http:', 'https:'),
  };
  return {
    gateways: Object.entries(endpoints).map(([id, endpoint]) => onGateway(id, endpoint)),
    customers: Object.keys(endpoints).map((id) => ({
      id,
      gateway: `on-${id}`,
      key: { setting: `${id.toUpperCase()}_KEY` },
      tokensPerMinute: 1000,
      checks: ['limit-status', 'access'],
    })),
    alerts: [{ webhook: { setting: 'HOOK' }, secret: { setting: 'HOOK_SECRET' } }],
  };
}

/** Runs a command to its end; what it printed is searched with the rest. */
async function command(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  const program = runProgram(folder, 'src/cli/main.js', { args, env: { ...env, ...more } });
  await program.ended;
  outputs.push({ where: `gateway-audit ${args.join(' ')}`, text: program.printed() });
  return program.printed();
}

async function hear(address: string, path: string, init: RequestInit = {}): Promise<string> {
  const headers = { 'x-functions-key': functionKey };
  const response = await fetch(`${address}${path}`, { headers, redirect: 'manual', ...init });
  const text = await response.text();
  outputs.push({ where: `${init.method ?? 'GET'} ${path}`, text: `${JSON.stringify([...response.headers])}${text}` });
  return text;
}

test('a host, its API, its page, its storage and its command line tell no secret, whatever a gateway says back', async () => {
  const host = runProgram(folder, 'local/host.js', { env });
  const address = await printedBy(host, /Listening at (\S+)/);
  const ids = ['contoso', 'northwind', 'fabrikam', 'litware'];
  await Promise.all(
    ids.map((id) => hear(address, `/customers/${id}/audits`, { method: 'POST', body: '{"check":"access"}' })),
  );
  await runByHand(address, 'dispatch');
  await until(async () => {
    const histories = await Promise.all(ids.map((id) => hear(address, `/customers/${id}/audits`)));
    return histories.every((text) => JSON.parse(text).audits?.length >= 2);
  });
  await runByHand(address, 'digest');
  await runByHand(address, 'watch');
  for (const id of ids) {
    const audits: readonly { auditId: string }[] = JSON.parse(await hear(address, `/customers/${id}/audits`)).audits;
    const of = `/customers/${id}`;
    const parts = ['/limits', '/integrity', '/usage', '/report', '/audits/export', '/audits/export?format=ndjson'];
    for (const part of parts) await hear(address, `${of}${part}`);
    for (const { auditId } of audits) await hear(address, `${of}/audits/${auditId}`);
    await hear(address, `${of}/limits/refresh`, { method: 'POST' });
    await hear(address, `${of}/audits/${functionKey}`);
  }
  const others = [
    '/health',
    '/customers',
    '/metrics',
    '/openapi.json',
    '/dashboard',
    '/dashboard/main.js',
    '/customers/x',
  ];
  for (const path of others) await hear(address, path);
  await hear(address, '/customers?code=wrong', { headers: {} });
  outputs.push({ where: 'the processes', text: processesOf(folder).join('\n') });
  outputs.push(...(await everythingStored(azurite.connectionString)));
  await runByHand(address, 'alerts');
  await until(async () => gateway.alerts.length > 0);
  outputs.push({ where: 'the alerts', text: gateway.alerts.join('\n') });
  host.child.kill('SIGTERM');
  await host.ended;
  outputs.push({ where: 'the log at every level', text: host.printed() });

  await Promise.all([
    ...commands.map((args) => command(args)),
    command(['run', '--customer', 'contoso'], { CONTOSO_KEY: `${keys.CONTOSO_KEY}\n` }),
    command(['status'], { AUDIT_STORAGE: azurite.connectionString.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:9') }),
    command(['status'], { AUDIT_STORAGE: `UseDevelopmentStorage=maybe;AccountKey=${canaries[1]?.secret}` }),
  ]);
  outputs.push(...(await everythingStored(azurite.connectionString)));

  expect(gateway.prompts.length).toBeGreaterThan(10);
  const prompts = gateway.prompts.map((prompt) => ({
    name: 'a prompt',
    secret: prompt.trim().split(' ').slice(0, 3).join(' '),
  }));
  expect(singing([...canaries, ...prompts], outputs)).toEqual([]);
  // What was searched is what was meant to be.
  expect(outputs.map(({ where }) => where.replace(/[ /].*/s, ''))).toEqual(
    expect.arrayContaining(['row', 'blob', 'GET', 'POST', 'gateway-audit', 'the']),
  );
  const all = outputs.map(({ text }) => text).join('');
  for (const sign of ['[key]', '[prompt]', '[encoded]', 'must not hold credentials']) expect(all).toContain(sign);
});

async function runByHand(address: string, name: string): Promise<void> {
  const admin = new URL(`/admin/functions/${name}`, address);
  await fetch(admin, { method: 'POST', headers: { 'x-functions-key': functionKey } });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + 60_000;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`It never came to: ${isSo}`);
    await wait(100);
  }
}

test.each([
  ['as it is', (secret: string) => `x${secret}x`],
  ['in a URL', (secret: string) => encodeURIComponent(secret)],
  ['in base64, behind other text', (secret: string) => Buffer.from(`Basic me:${secret}!`).toString('base64')],
  ['in JSON', (secret: string) => JSON.stringify({ secret })],
])('a canary that sings %s is heard', (_, told) => {
  const canary = { name: 'it', secret: 'canary/+=&"8277e0910d750195' };
  expect(singing([canary], [{ where: 'a text', text: told(canary.secret) }])).toEqual(['it in a text']);
});
