import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type FunctionsHost, type HostOptions, startHost } from '../../local/functions-host';
import type { LogEntry } from '../../local/log';
import { buildWorker } from './worker-build';

export interface SampleHost extends FunctionsHost {
  /** Everything that was logged so far. */
  readonly entries: readonly LogEntry[];
  /** What the app itself logged with context.log, in order. */
  said(functionName: string): readonly string[];
  /** Sends a request to a path such as `/api/echo`. */
  request(path: string, init?: RequestInit): Promise<Response>;
}

export interface SampleOptions {
  /** A file of test/local/sample-app. */
  readonly app: string;
  readonly hostJson?: object;
  readonly settings?: Readonly<Record<string, string>>;
  readonly more?: Partial<HostOptions>;
}

export const sampleKey = 'the-key';

const workerPath = buildWorker();
const running: SampleHost[] = [];

/** Runs a sample app in the local host on a free port; stopSampleHosts stops all that were started. */
export async function startSampleHost({ app, hostJson, settings, more }: SampleOptions): Promise<SampleHost> {
  const folder = appFolder(app, hostJson);
  const entries: LogEntry[] = [];
  const host = await startHost({
    folder,
    settings: { ...settings },
    port: 0,
    functionKey: sampleKey,
    messageLeaseMs: 2_000,
    log: (entry) => entries.push(entry),
    workerPath,
    minimumPollingMs: 5,
    restartDelayMs: () => 0,
    ...more,
  });
  const sample: SampleHost = {
    ...host,
    entries,
    said: (name) =>
      entries.filter(({ category }) => category === `Function.${name}.User`).map(({ message }) => message),
    request: (path, init) => fetch(`${host.address}${path}`, init),
  };
  running.push(sample);
  return sample;
}

/** A folder with host.json and a package.json whose `main` is a file of the sample app. */
export function appFolder(app: string, hostJson: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'local-app-'));
  const main = relative(folder, resolve(__dirname, 'sample-app', app));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'sample', main }));
  writeFileSync(join(folder, 'host.json'), JSON.stringify({ version: '2.0', ...hostJson }));
  return folder;
}

export async function stopSampleHosts(): Promise<void> {
  await Promise.all(running.splice(0).map((host) => host.stop(50)));
}

/** Waits until `look` finds something true, and answers it. */
export async function until<Found>(
  look: () => Found | Promise<Found>,
): Promise<Exclude<Found, false | null | undefined>> {
  const deadlineMs = Date.now() + 15_000;
  while (Date.now() < deadlineMs) {
    const found = await look();
    if (found) return found as Exclude<Found, false | null | undefined>;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Nothing came of: ${look}`);
}
