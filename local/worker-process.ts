import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { leaveWithParent } from './leave-with-parent';
import type { Log } from './log';
import type { FromWorker, FunctionMetadata, InvocationRequest, InvocationResponse, ToWorker } from './worker/messages';

export interface AppLocation {
  readonly appFolder: string;
  /** package.json's `main`. */
  readonly main: string;
  /** The compiled entry of the app's process. */
  readonly workerPath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A loaded app in a process of its own. */
export interface WorkerProcess {
  readonly functions: readonly FunctionMetadata[];
  /** Rejects with what the function threw, or when the process ended under it. */
  invoke(request: InvocationRequest): Promise<InvocationResponse>;
  /** Resolves, with how, once the process has ended. */
  readonly ended: Promise<string>;
  /** Lets the appTerminate hooks run, and kills the process after `graceMs`. */
  stop(graceMs: number): Promise<void>;
  kill(): void;
}

interface Waiting {
  readonly resolve: (response: InvocationResponse) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the app's process and loads the app. Rejects, with what the app threw, where it cannot be loaded. */
export async function startWorker(app: AppLocation, log: Log): Promise<WorkerProcess> {
  // A process group of its own: Ctrl-C in a terminal reaches the host alone, which lets invocations finish first.
  const child = fork(app.workerPath, [], {
    cwd: app.appFolder,
    env: { ...app.env },
    execArgv: ['--enable-source-maps', ...leaveWithParent],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
    detached: true,
  });
  logLines(child.stdout, (message) => log({ level: 'information', category: 'Worker.stdout', message }));
  logLines(child.stderr, (message) => log({ level: 'warning', category: 'Worker.stderr', message }));

  const waiting = new Map<string, Waiting>();
  const ended = endOf(child).then((how) => {
    for (const { reject } of waiting.values()) reject(new Error(`The app's process ended (${how}) during the call.`));
    waiting.clear();
    return how;
  });

  const functions = await new Promise<readonly FunctionMetadata[]>((resolve, reject) => {
    child.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'loaded':
          return resolve(message.functions);
        case 'load-failed':
          child.kill('SIGKILL');
          return reject(new Error(`The app cannot be loaded: ${message.error.stack}`));
        case 'succeeded':
          return settle(waiting, message.invocationId)?.resolve(message.response);
        case 'failed':
          return settle(waiting, message.invocationId)?.reject(asError(message.error));
        case 'log':
          return log(toLogEntry(message));
        default:
          return message satisfies never;
      }
    });
    void ended.then((how) => reject(new Error(`The app's process ended (${how}) while it loaded the app.`)));
    tell(child, { kind: 'load', appFolder: app.appFolder, main: app.main });
  });

  return {
    functions,
    ended,
    invoke: (request) =>
      new Promise((resolve, reject) => {
        if (!child.connected) return reject(new Error("The app's process has ended."));
        waiting.set(request.invocationId, { resolve, reject });
        tell(child, { kind: 'invoke', request });
      }),
    stop: async (graceMs) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      if (child.connected) tell(child, { kind: 'terminate' });
      await ended;
      clearTimeout(timer);
    },
    kill: () => child.kill('SIGKILL'),
  };
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

function tell(child: ChildProcess, message: ToWorker): void {
  // Without a callback a closed channel would be an uncaught error; `ended` says the same.
  child.send(message, () => undefined);
}

function settle(waiting: Map<string, Waiting>, invocationId: string): Waiting | undefined {
  const found = waiting.get(invocationId);
  waiting.delete(invocationId);
  return found;
}

function asError(reported: { readonly message: string; readonly stack: string }): Error {
  return Object.assign(new Error(reported.message), { stack: reported.stack });
}

function toLogEntry(message: Extract<FromWorker, { kind: 'log' }>): Parameters<Log>[0] {
  const { level, functionName, invocationId } = message;
  if (!functionName) return { level, category: 'Worker', message: message.message };
  const category = message.category === 'user' ? `Function.${functionName}.User` : `Function.${functionName}`;
  return { level, category, message: message.message, function: functionName, ...(invocationId && { invocationId }) };
}

function logLines(stream: Readable | null, write: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on('line', write);
}
