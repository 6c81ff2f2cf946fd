import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * One Azurite serves a whole jest run: azurite-setup.ts starts it without waiting, so that tests which need no storage
 * pay nothing; the first that asks here waits until it listens. The account and its key are the emulator's published ones.
 */
const account = 'devstoreaccount1';
const publishedKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
const services = ['Blob', 'Queue', 'Table'] as const;
const startTimeoutMs = 30_000;

/** The connection string of this jest run's Azurite, once it listens. */
export async function azuriteConnectionString(): Promise<string> {
  const logFile = process.env.AZURITE_LOG;
  if (logFile === undefined)
    throw new Error('No Azurite: jest.config.js must name test/azurite-setup.ts as globalSetup');
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    const log = readFileSync(logFile, 'utf8');
    const addresses = services.map((service) => addressOf(service, log));
    if (addresses.every((address) => address !== undefined)) return connectionString(addresses);
    if (log.includes('Azurite ended')) break;
    await wait(25);
  }
  throw new Error(`Azurite does not listen. It said:\n${readFileSync(logFile, 'utf8')}`);
}

/** A connection string of Azurite's whose table and queue services are reached at other addresses (a proxy's). */
export function connectionStringAt(endpoints: { readonly table: string; readonly queue: string }): string {
  return connectionString([endpoints.queue, endpoints.queue, endpoints.table]);
}

/** A prefix for table and queue names that no other test file uses: 12 lower-case letters and digits. */
export function uniquePrefix(): string {
  return `t${randomBytes(6).toString('hex').slice(0, 11)}`;
}

function addressOf(service: string, log: string): string | undefined {
  return new RegExp(`Azurite ${service} service is successfully listening at (\\S+)`).exec(log)?.[1];
}

function connectionString(addresses: readonly (string | undefined)[]): string {
  const endpoints = services.map((service, at) => `${service}Endpoint=${addresses[at]}/${account}`);
  return ['DefaultEndpointsProtocol=http', `AccountName=${account}`, `AccountKey=${publishedKey}`, ...endpoints].join(
    ';',
  );
}
