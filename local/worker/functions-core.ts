import type { FunctionMetadata, InvocationRequest, InvocationResponse, LogLevel } from './messages';

export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
export type HookContext = Record<string, unknown>;
export type Hook = (context: HookContext) => unknown;
export type Handler = (...args: unknown[]) => unknown;
export type LogCategory = 'user' | 'system';
export type WriteLog = (level: LogLevel, category: LogCategory, message: string) => void;

/** What the library is given for one invocation. `state` moves on while the invocation does. */
export interface CoreInvocationContext {
  readonly invocationId: string;
  readonly request: InvocationRequest;
  readonly metadata: FunctionMetadata & { readonly functionId: string };
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  readonly log: WriteLog;
}

export interface InvocationModel {
  getArguments(): Promise<{ readonly context: unknown; readonly inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>;
}

export interface ProgrammingModel {
  readonly name: string;
  readonly version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

export interface RegisteredFunction {
  readonly metadata: FunctionMetadata;
  readonly handler: Handler;
}

/** What the app has registered so far. */
export interface Registry {
  readonly functions: Map<string, RegisteredFunction>;
  readonly hooks: Readonly<Record<HookName, Hook[]>>;
  model: ProgrammingModel | undefined;
  /** After start-up nothing more may be registered. */
  isLocked: boolean;
}

const hookNames: readonly string[] = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'];

export function createRegistry(): Registry {
  return {
    functions: new Map(),
    hooks: { appStart: [], appTerminate: [], preInvocation: [], postInvocation: [], log: [] },
    model: undefined,
    isLocked: false,
  };
}

/** The module that `@azure/functions` asks for as `@azure/functions-core`; on Azure it exists inside the worker only. */
export function createFunctionsCore(registry: Registry, writeLog: WriteLog): Record<string, unknown> {
  return {
    version: '3.0.0',
    hostVersion: '4.0.0',
    Disposable,
    registerFunction: (metadata: FunctionMetadata, handler: Handler) => {
      if (registry.isLocked) throw systemError(Error, 'A function can only be registered during app startup.');
      registry.functions.set(metadata.name, { metadata, handler });
      return new Disposable(() => registry.functions.delete(metadata.name));
    },
    registerHook: (name: string, hook: Hook) => {
      if (!isHookName(name)) throw systemError(RangeError, `Unrecognized hook "${name}"`);
      const hooks = registry.hooks[name];
      hooks.push(hook);
      return new Disposable(() => hooks.splice(hooks.indexOf(hook), 1));
    },
    setProgrammingModel: (model: ProgrammingModel) => {
      registry.model = model;
    },
    getProgrammingModel: () => registry.model,
    log: writeLog,
  };
}

export async function runHooks(hooks: readonly Hook[], context: HookContext): Promise<void> {
  for (const hook of hooks) await hook(context);
}

/** A class because apps may ask `instanceof` of it, and the platform's is one. */
class Disposable {
  static from(...disposables: readonly { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  #onDispose: (() => unknown) | undefined;

  constructor(onDispose: () => unknown) {
    this.#onDispose = onDispose;
  }

  dispose(): void {
    const onDispose = this.#onDispose;
    this.#onDispose = undefined;
    onDispose?.();
  }
}

function isHookName(name: string): name is HookName {
  return hookNames.includes(name);
}

/** The library tells errors of the platform by this mark. */
function systemError(kind: ErrorConstructor | RangeErrorConstructor, message: string): Error {
  return Object.assign(new kind(message), { isAzureFunctionsSystemError: true });
}
