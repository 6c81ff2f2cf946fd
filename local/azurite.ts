import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { AuditorError } from '../src/auditor-error';
import { leaveWithParent } from './leave-with-parent';

export interface AzuritePorts {
  readonly blob: number;
  readonly queue: number;
  readonly table: number;
}

export interface Azurite {
  readonly connectionString: string;
  /** Resolves, with how, when it has ended, asked or not. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

/** The emulator's published account and key, and the ports that `UseDevelopmentStorage=true` means. */
const account = 'devstoreaccount1';
const accountKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';
export const developmentPorts: AzuritePorts = { blob: 10_000, queue: 10_001, table: 10_002 };

const startTimeoutMs = 30_000;
const stopTimeoutMs = 5_000;

/**
 * Starts Azurite, Azure Storage's emulator, as a child that keeps its data in `folder` (made where missing) and ends
 * with this process. Port 0 is any free one. Throws `storage-unavailable`, with what it printed, where it does not start.
 */
export async function startAzurite(folder: string, ports: AzuritePorts): Promise<Azurite> {
  mkdirSync(folder, { recursive: true });
  const child = spawn(
    process.execPath,
    [
      ...leaveWithParent,
      require.resolve('azurite/dist/src/azurite.js'),
      ...['--location', folder, '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      ...['--blobPort', `${ports.blob}`, '--queuePort', `${ports.queue}`, '--tablePort', `${ports.table}`],
    ],
    // A process group of its own: on Ctrl-C it must not end before those that still write to it.
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, cwd: folder },
  );
  const ended = once(child, 'exit').then(([code, signal]) => `${signal ?? `exit code ${code}`}`);
  const stop = async (): Promise<void> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    // Told by the end of the channel, as when this process dies; with the channel open it would not end by itself.
    if (child.connected) child.disconnect();
    await ended;
    clearTimeout(timer);
  };
  try {
    return { connectionString: toConnectionString(await addressesOf(child, ended)), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Reads what it prints until it says for each service where it listens. */
function addressesOf(child: ChildProcess, ended: Promise<string>): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const fail = (what: string): void =>
      reject(new AuditorError('storage-unavailable', `Azurite ${what}. It printed:\n${printed.trim() || '(nothing)'}`));
    const read = (chunk: Buffer): void => {
      printed = `${printed}${chunk}`.slice(-20_000);
      const addresses = ['Blob', 'Queue', 'Table'].map(
        (service) => new RegExp(`Azurite ${service} service is successfully listening at (\\S+)`).exec(printed)?.[1],
      );
      const found = addresses.filter((address) => address !== undefined);
      if (found.length < addresses.length) return;
      clearTimeout(timer);
      for (const stream of [child.stdout, child.stderr]) stream?.off('data', read).resume();
      resolve(found);
    };
    const timer = setTimeout(() => fail(`did not start within ${startTimeoutMs / 1000} seconds`), startTimeoutMs);
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then((how) => {
      clearTimeout(timer);
      fail(`ended as it was started (${how})`);
    });
  });
}

function toConnectionString([blob, queue, table]: readonly string[]): string {
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${account}`,
    `AccountKey=${accountKey}`,
    `BlobEndpoint=${blob}/${account}`,
    `QueueEndpoint=${queue}/${account}`,
    `TableEndpoint=${table}/${account}`,
  ].join(';');
}
