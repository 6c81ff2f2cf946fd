import { systemClock } from './host-clock';
import type { Log } from './log';
import type { FunctionMetadata, InvocationRequest, InvocationResponse } from './worker/messages';
import { type AppLocation, startWorker, type WorkerProcess } from './worker-process';

/** The app, kept running: when its process ends by itself it is started anew, as the platform does. */
export interface AppProcess {
  readonly functions: readonly FunctionMetadata[];
  /** Rejects with what the function threw, when its process ended, or when it took longer than functionTimeout. */
  invoke(request: InvocationRequest): Promise<InvocationResponse>;
  stop(graceMs: number): Promise<void>;
}

export interface AppProcessOptions {
  readonly app: AppLocation;
  /** null: unbounded. */
  readonly functionTimeoutMs: number | null;
  readonly log: Log;
  /** How long to wait before the n-th start after a crash (1 = the first). */
  readonly restartDelayMs: (attempt: number) => number;
}

/** Starts the app's process; rejects where the first start fails. Later failures to start are logged and tried again. */
export async function startApp(options: AppProcessOptions): Promise<AppProcess> {
  const { app, log } = options;
  const stopping = new AbortController();
  let worker: Promise<WorkerProcess> = startWorker(app, log);
  let crashes = 0;

  const restart = async (): Promise<WorkerProcess> => {
    crashes += 1;
    await systemClock.sleepUntil(systemClock.nowMs() + options.restartDelayMs(crashes), stopping.signal);
    if (stopping.signal.aborted) throw new Error('The host is stopping.');
    try {
      return watch(await startWorker(app, log));
    } catch (error) {
      log({ level: 'error', category: 'Host', message: `Restart failed. ${(error as Error).message}` });
      return restart();
    }
  };
  const watch = (started: WorkerProcess): WorkerProcess => {
    void started.ended.then((how) => {
      if (stopping.signal.aborted) return;
      log({ level: 'error', category: 'Host', message: `The app's process ended (${how}); it is started anew.` });
      worker = restart();
      worker.catch(() => undefined);
    });
    return started;
  };

  const first = watch(await worker);
  return {
    functions: first.functions,
    invoke: async (request) => {
      const current = await worker;
      const response = await withTimeout(current, request, options.functionTimeoutMs);
      crashes = 0;
      return response;
    },
    stop: async (graceMs) => {
      stopping.abort();
      const current = await worker.catch(() => null);
      await current?.stop(graceMs);
    },
  };
}

/** A Node function can not be cancelled: as on the platform, a call that takes too long costs the process. */
async function withTimeout(
  worker: WorkerProcess,
  request: InvocationRequest,
  timeoutMs: number | null,
): Promise<InvocationResponse> {
  if (timeoutMs === null) return worker.invoke(request);
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    worker.kill();
  }, timeoutMs);
  try {
    return await worker.invoke(request);
  } catch (error) {
    if (isTimedOut) throw new Error(`Timeout value of ${timeoutMs} ms exceeded by function: ${request.functionId}`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
