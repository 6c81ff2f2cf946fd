import Module from 'node:module';
import { createFunctionsCore, createRegistry, runHooks, type WriteLog } from './functions-core';
import { loadApp } from './load-app';
import type { FromWorker, InvocationRequest, ReportedError, ToWorker } from './messages';
import { runInvocation } from './run-invocation';

/**
 * The app's process. It stands where the platform's Node.js worker stands: it answers the library's
 * `require('@azure/functions-core')`, loads the app, and runs invocations that the host sends. An uncaught exception
 * or an unhandled rejection ends it, as it ends the worker on Azure, and the host starts it anew.
 */
function main(): void {
  const registry = createRegistry();
  const writeLog: WriteLog = (level, category, message) => tell({ kind: 'log', level, category, message });
  answerRequire('@azure/functions-core', createFunctionsCore(registry, writeLog));

  const load = async (appFolder: string, entry: string): Promise<void> => {
    await loadApp(appFolder, entry);
    const capabilities = (await registry.model?.getCapabilities({})) ?? {};
    if (capabilities.HttpUri) throw new Error('The local host does not stream HTTP: do not set enableHttpStream.');
    registry.isLocked = true;
    await runHooks(registry.hooks.appStart, { hookData: {} });
    tell({ kind: 'loaded', functions: [...registry.functions.values()].map(({ metadata }) => plain(metadata)) });
  };

  const invoke = async (request: InvocationRequest): Promise<void> => {
    const { invocationId, functionId: functionName } = request;
    const logLine: WriteLog = (level, category, message) =>
      tell({ kind: 'log', level, category, message, invocationId, functionName });
    try {
      tell({ kind: 'succeeded', invocationId, response: await runInvocation(registry, request, logLine) });
    } catch (error) {
      tell({ kind: 'failed', invocationId, error: toReportedError(error) });
    }
  };

  process.on('uncaughtException', (error) => {
    const message = `Worker uncaught exception: ${toReportedError(error).stack}`;
    process.send?.({ kind: 'log', level: 'error', category: 'system', message } satisfies FromWorker, () =>
      process.exit(1),
    );
  });
  process.on('message', (message: ToWorker) => {
    switch (message.kind) {
      case 'load':
        load(message.appFolder, message.main).catch((error) =>
          tell({ kind: 'load-failed', error: toReportedError(error) }),
        );
        return;
      case 'invoke':
        void invoke(message.request);
        return;
      case 'terminate':
        runHooks(registry.hooks.appTerminate, { hookData: {} }).then(() => process.exit(0));
        return;
      default:
        message satisfies never;
    }
  });
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

/** The platform's worker does it this way too; it reaches the library in CommonJS, ESM and bundled apps alike. */
function answerRequire(name: string, answer: unknown): void {
  const original = Module.prototype.require;
  Module.prototype.require = Object.assign(function (this: Module, id: string): unknown {
    return id === name ? answer : original.call(this, id);
  }, original);
}

/** Options may hold what structured clone refuses (functions); the platform sends them as JSON too. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}

function toReportedError(error: unknown): ReportedError {
  if (!(error instanceof Error)) return { message: String(error), stack: String(error) };
  return { message: error.message, stack: error.stack ?? String(error) };
}

main();
