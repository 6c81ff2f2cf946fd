import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { TableClient } from '@azure/data-tables';
import { startAzurite } from '../../local/azurite';
import { hashOfReport } from '../../src/audit/proof/hash-chain';
import type { Report } from '../../src/audit/report';
import { buildApp, endPrograms, printedBy, processesOf, type RunningProgram, runProgram } from '../local/built-app';
import { aFreePort } from './a-free-port';

/* `npm start` is killed in the middle of an audit; what had been recorded is there after the next start. */
jest.setTimeout(90_000);

afterEach(endPrograms);

/** The broken job's message is seen again after 15 s. */
const longestWaitMs = 45_000;
const customers = ['contoso', 'northwind'];

test('a kill loses nothing that was recorded, and the audit that it broke off is run to its end', async () => {
  const folder = await aDemoWithASlowCustomer();
  const first = await start(folder);
  await until(async () => (await historyOf(first, 'northwind')).some(({ check }) => check === 'limit-status'));
  const asked = await first.call('/customers/northwind/audits', { check: 'access' });
  expect(asked.status).toBe(409);
  const brokenOff = new URL(asked.headers.get('location') ?? '', first.baseUrl).pathname.replace(/^.*\/api/, '');
  await until(async () => (await first.read<Report>(brokenOff)).state !== ('queued' as string));
  expect(await first.read(brokenOff)).toMatchObject({ check: 'access', state: 'running' });
  const recorded = await Promise.all(customers.map((id) => historyOf(first, id)));
  process.kill(-(first.program.child.pid ?? 0), 'SIGKILL');
  expect(await first.program.ended).toBe('SIGKILL');
  await until(async () => processesOf(folder).length === 0);
  await endLeases(folder);

  const second = await start(folder);
  await until(async () => (await second.read<Report>(brokenOff)).state === 'done');
  const now = await Promise.all(customers.map((id) => historyOf(second, id)));
  expect(recorded.map((reports) => reports.map(({ check }) => check).toSorted())).toEqual([
    ['access', 'limit-status'],
    ['limit-status'],
  ]);
  for (const [at, reports] of recorded.entries()) expect(now[at]?.slice(-reports.length)).toEqual(reports);
  for (const reports of now) expect(linksOf(reports)).toEqual(unbrokenLinks(reports));
  expect(await second.read(brokenOff)).toMatchObject({ verdict: 'pass', trigger: 'timer' });
  const attempts = now.flat().filter(({ interrupted }) => interrupted === true);
  expect(attempts.map(({ attemptOf, verdict }) => ({ attemptOf, verdict }))).toEqual([
    { attemptOf: brokenOff.split('/').at(-1), verdict: 'inconclusive' },
  ]);
});

/** One customer that is audited at once, and one whose gateway takes three seconds for each answer. */
async function aDemoWithASlowCustomer(): Promise<string> {
  const port = await aFreePort();
  const gateway = {
    endpoint: `http://127.0.0.1:${port}/aoai`,
    deployment: 'gpt-4o',
    apiVersion: '2024-10-21',
  };
  const slow = [{ name: 'extra-latency', ms: 3_000 }];
  return buildApp({
    'audit.config.example.json': {
      gateways: customers.map((id) => ({ id: `on-${id}`, ...gateway })),
      customers: customers.map((id) => ({
        id,
        gateway: `on-${id}`,
        key: { setting: `${id.toUpperCase()}_KEY` },
        tokensPerMinute: 1000,
      })),
    },
    'simulator.config.example.json': {
      port,
      customers: customers.map((id) => ({
        id,
        key: `key-of-${id}`,
        tokensPerMinute: 1000,
        faults: id === 'northwind' ? slow : [],
      })),
    },
  });
}

/** A killed worker's lease holds for a minute; here it is over when the next start comes. */
async function endLeases(folder: string): Promise<void> {
  const storage = await startAzurite(join(folder, '.data', 'azurite'), { blob: 0, queue: 0, table: 0 });
  const leases = TableClient.fromConnectionString(storage.connectionString, 'leases', {
    allowInsecureConnection: true,
  });
  for await (const { partitionKey = '', rowKey = '' } of leases.listEntities()) {
    await leases.updateEntity({ partitionKey, rowKey, until: new Date(0).toISOString() });
  }
  await storage.stop();
}

interface Started {
  readonly program: RunningProgram;
  readonly baseUrl: string;
  read<Answer>(path: string): Promise<Answer>;
  /** Posts. */
  call(path: string, body: object): Promise<Response>;
}

async function start(folder: string): Promise<Started> {
  const env = { PORT: '0', CONTOSO_KEY: 'unused', NORTHWIND_KEY: 'unused' };
  const program = runProgram(folder, 'local/start.js', { env, detached: true });
  const address = new URL(await printedBy(program, /HTTP API +(\S+)/));
  await printedBy(program, /are queued/);
  const baseUrl = `${address.origin}/api`;
  const headers = { 'x-functions-key': address.searchParams.get('code') ?? '', 'content-type': 'application/json' };
  return {
    program,
    baseUrl,
    async read<Answer>(path: string) {
      const response = await fetch(`${baseUrl}${path}`, { headers });
      expect(response.status).toBe(200);
      return (await response.json()) as Answer;
    },
    call: (path, body) => fetch(`${baseUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  };
}

/** Newest first. */
async function historyOf({ read }: Started, customerId: string): Promise<readonly Report[]> {
  const { audits } = await read<{ audits: readonly Report[] }>(`/customers/${customerId}/audits?top=1000`);
  return audits;
}

function linksOf(reports: readonly Report[]) {
  return reports.map(({ sequence, previousHash, hash }) => ({ sequence, previousHash, hash }));
}

/** What the links must be: counted down to 1, each naming the hash of the one before it, each hash that of its report. */
function unbrokenLinks(reports: readonly Report[]) {
  return reports.map((report, at) => {
    const before = reports[at + 1];
    return {
      sequence: reports.length - at,
      previousHash: before === undefined ? '0'.repeat(64) : hashOfReport(before),
      hash: hashOfReport(report),
    };
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = Date.now() + longestWaitMs;
  while (!(await isSo())) {
    if (Date.now() > deadlineMs) throw new Error(`It never came to: ${isSo}`);
    await wait(50);
  }
}
