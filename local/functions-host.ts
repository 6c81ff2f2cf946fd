import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type AppProcess, startApp } from './app-process';
import { type HostClock, systemClock } from './host-clock';
import { readHostJson } from './host-json';
import { createHandleRequest } from './http/handle-request';
import { type HttpServer, serve } from './http/serve';
import { type FunctionIndex, indexFunctions, isHttp, isQueue, isTimer } from './index-functions';
import { createInvoke } from './invoke';
import type { Log } from './log';
import { readPackage } from './package-json';
import { createOpenQueue } from './queues/queue-client';
import { createWriteOutputs } from './queues/queue-output';
import { createRunByHand } from './run-by-hand';
import { startQueues } from './start-queues';
import { startTimers } from './start-timers';

export interface HostOptions {
  /** The functions app: host.json, package.json and what its `main` names. */
  readonly folder: string;
  /** The app's whole environment. */
  readonly settings: Readonly<Record<string, string>>;
  /** 0: any free port. */
  readonly port: number;
  readonly functionKey: string;
  readonly messageLeaseMs: number;
  readonly log: Log;
  /** What tests set otherwise. */
  readonly clock?: HostClock;
  readonly workerPath?: string;
  readonly minimumPollingMs?: number;
  readonly timerLeaseMs?: number;
  readonly restartDelayMs?: (attempt: number) => number;
}

export interface FunctionsHost {
  /** `http://127.0.0.1:7071` */
  readonly address: string;
  /** The address under which functions are found: with host.json's route prefix. */
  readonly baseUrl: string;
  readonly index: FunctionIndex;
  /** Takes no more work, lets what runs finish for up to `graceMs`, ends the app's process. */
  stop(graceMs: number): Promise<void>;
}

/**
 * Runs a functions app on this machine: its own process for the app, HTTP, timers and queues. Rejects, leaving nothing
 * behind, with `config-unreadable`, `config-invalid`, `setting-missing` or `bad-usage` (port taken), or with what the
 * app threw as it was loaded.
 */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const { folder, settings, log, clock = systemClock } = options;
  const hostJson = readHostJson(folder);
  const { name: hostId, main } = readPackage(folder);
  const app = await startApp({
    app: { appFolder: folder, main, env: { ...settings }, workerPath: options.workerPath ?? defaultWorkerPath },
    functionTimeoutMs: hostJson.functionTimeoutMs,
    log,
    restartDelayMs: options.restartDelayMs ?? defaultRestartDelayMs,
  });

  const stopping = new AbortController();
  const ends: Promise<unknown>[] = [];
  let server: HttpServer | undefined;
  try {
    const index = indexFunctions(app.functions, hostJson, settings);
    report(index, app, log);
    const openQueue = createOpenQueue(settings);
    const writeOutputs = createWriteOutputs(openQueue, hostJson.queues.messageEncoding);
    const invoke = createInvoke({ app, writeOutputs, clock, log, signal: stopping.signal });
    const shared = { settings, invoke, clock, log, signal: stopping.signal };

    const timers = await startTimers(index.functions.filter(isTimer), {
      ...shared,
      hostId,
      owner: randomUUID(),
      leaseMs: options.timerLeaseMs ?? 15_000,
    });
    ends.push(timers.ended);
    const handle = createHandleRequest({
      functions: index.functions.filter(isHttp),
      key: options.functionKey,
      invoke,
      runByHand: createRunByHand(index.functions, { invoke, statuses: timers.statuses }),
    });
    server = await serve(options.port, handle);
    const { port } = server;
    const queues = startQueues(index.functions.filter(isQueue), {
      ...shared,
      openQueue,
      options: hostJson.queues,
      minimumPollingMs: options.minimumPollingMs ?? 100,
      leaseMs: options.messageLeaseMs,
    });
    ends.push(queues.ended);

    const stop = async (graceMs: number): Promise<void> => {
      stopping.abort();
      const idle = Promise.all([...ends, server?.stop(graceMs + answerMs)]);
      await Promise.race([idle, clock.sleepUntil(clock.nowMs() + graceMs, abortedWith(idle))]);
      await app.stop(1_000);
      // What failed because the app's process ended is settled now.
      await idle;
    };
    const address = `http://127.0.0.1:${port}`;
    return { address, baseUrl: [address, hostJson.routePrefix].filter(Boolean).join('/'), index, stop };
  } catch (error) {
    stopping.abort();
    await Promise.all([server?.stop(0), app.stop(1_000)]);
    await Promise.all(ends);
    throw error;
  }
}

/** How long calls that failed because of the stop have to be answered. */
const answerMs = 1_000;
const defaultWorkerPath = join(__dirname, 'worker', 'main.js');

function abortedWith(promise: Promise<unknown>): AbortSignal {
  const controller = new AbortController();
  void promise.then(() => controller.abort());
  return controller.signal;
}

/** At once, then slower and slower, so that an app that dies at its start does not keep the machine busy. */
function defaultRestartDelayMs(attempt: number): number {
  return attempt === 1 ? 0 : Math.min(30_000, 500 * 2 ** (attempt - 2));
}

function report({ functions, errors }: FunctionIndex, app: AppProcess, log: Log): void {
  const category = 'Host.Startup';
  for (const { name, message } of errors) {
    log({ level: 'error', category, function: name, message: `The function "${name}" is in error: ${message}` });
  }
  if (app.functions.length === 0) log({ level: 'warning', category, message: 'No functions were found.' });
  const names = functions.map(({ name, trigger }) => `${name} (${trigger.kind})`).join(', ');
  log({ level: 'information', category, message: `Functions: ${names}` });
  for (const { name, trigger } of functions.filter(({ retry }) => retry !== null)) {
    if (trigger.kind === 'timer') continue;
    const message = `Retries of function "${name}" run here, but Azure gives up retry policies for ${trigger.kind} triggers.`;
    log({ level: 'warning', category, function: name, message });
  }
}
