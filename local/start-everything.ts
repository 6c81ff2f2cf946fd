import { join } from 'node:path';
import { startSimulator } from '../simulator/server';
import { createApp } from '../src/app';
import { AuditorError } from '../src/auditor-error';
import { startEmbeddedStorage } from './embedded-storage';
import { readFunctionKey } from './function-key';
import { type FunctionsHost, startHost } from './functions-host';
import { systemClock } from './host-clock';
import type { Log } from './log';
import { isPortFree } from './port-use';
import { queueAllAudits } from './queue-all-audits';
import { signDigest } from './sign-digest';
import { readSigningKey } from './signing-key';
import type { StartPlan } from './start-plan';
import type { Stops } from './stops';
import { tellVerdicts } from './tell-verdicts';
import { allVerdicts, watchVerdicts } from './watch-verdicts';

export interface StartParts {
  /** The app's folder; data go under its `.data`. */
  readonly folder: string;
  readonly port: number;
  readonly log: Log;
  /** Prints a line for the user. */
  readonly print: (line: string) => void;
  /** Everything that is started is to be stopped by this. */
  readonly stops: Stops;
}

/** A message is seen again this soon after a stop that cut it off. */
const messageLeaseMs = 15_000;
const pollMs = 1_000;

/**
 * The main job: storage, simulator, host; every customer audited at once; verdicts told as they come. Resolves when
 * stopped. Throws AuditorErrors for what can not be started; what was started by then is in `stops`.
 */
export async function startEverything(plan: StartPlan, parts: StartParts): Promise<void> {
  const { folder, port, print, stops } = parts;
  if (port !== 0 && !(await isPortFree(port))) {
    throw new AuditorError('bad-usage', `Port ${port} is taken; stop the other program or set PORT.`);
  }
  const dataFolder = join(folder, '.data');
  const storage = await startEmbeddedStorage(dataFolder);
  stops.add(() => storage.stop());
  print(
    `storage     Azurite, data under .data/azurite${storage.isOnDevelopmentPorts ? '' : ' (on other ports than usual)'}`,
  );
  await startGateways(plan, parts);

  const settings: Record<string, string> = {
    ...plan.settings,
    AzureWebJobsStorage: storage.connectionString,
    AUDIT_SIGNING_KEY: readSigningKey(plan.settings.AUDIT_SIGNING_KEY, join(dataFolder, 'signing-key.pem')),
  };
  const { key } = readFunctionKey(settings.LOCAL_FUNCTION_KEY, join(dataFolder, 'function-key'));
  const host = await startHost({ folder, settings, port, functionKey: key, messageLeaseMs, log: parts.log });
  stops.add((graceMs) => host.stop(graceMs));
  printAddresses(host, key, print);

  const app = await createApp(settings);
  const known = new Set((await allVerdicts(app)).map(({ auditId }) => auditId));
  const { audits, leftOut } = await queueAllAudits(app);
  for (const sentence of leftOut) print(`note: ${sentence}`);
  print(`${audits.length} audits of ${app.config.customers.length} customers are queued; Ctrl-C stops everything.`);

  const watching = new AbortController();
  const tellers = tellVerdicts(print, systemClock);
  const onAllDone = (): void => {
    tellers.onAllDone();
    void signDigest(app, print);
  };
  const watch = { app, clock: systemClock, pollMs, awaited: audits, known, ...tellers, onAllDone };
  const watched = watchVerdicts(watch, watching.signal);
  stops.add(async () => {
    watching.abort();
    await watched;
  });
  const death = await Promise.race([watched.then(() => null), storage.ended]);
  if (death !== null && !watching.signal.aborted) {
    throw new AuditorError('storage-unavailable', `Azurite has ended by itself (${death}).`);
  }
}

async function startGateways({ simulators, config }: StartPlan, { print, stops }: StartParts): Promise<void> {
  if (simulators.length === 0) {
    for (const { id, endpoint } of config.gateways) print(`gateway     ${id} at ${endpoint}`);
  }
  for (const simulator of simulators) {
    const running = await startSimulator({ config: simulator, port: simulator.port }).catch((cause: Error) => {
      const why = `${cause.message}. Stop what uses port ${simulator.port}`;
      throw new AuditorError('bad-usage', `Cannot start the gateway simulator: ${why}.`, { cause });
    });
    stops.add(() => running.close());
    print(`gateway     simulator at ${running.url}${simulator.basePath}`);
  }
}

function printAddresses(host: FunctionsHost, key: string, print: (line: string) => void): void {
  const names = host.index.functions.map(({ name }) => name.toLowerCase());
  print(`HTTP API    ${host.baseUrl}/customers?code=${key}`);
  if (names.includes('dashboard')) print(`dashboard   ${host.baseUrl}/dashboard?code=${key}`);
}
