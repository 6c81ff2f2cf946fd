import {
  defineFunction,
  type FunctionDefinition,
  type HttpTrigger,
  type QueueTrigger,
  type TimerTrigger,
} from './function-definition';
import type { HostJson } from './host-json';
import type { FunctionMetadata } from './worker/messages';

/** The app's functions in name order, and those that can not run with the reason. */
export interface FunctionIndex {
  readonly functions: readonly FunctionDefinition[];
  readonly errors: readonly { readonly name: string; readonly message: string }[];
}

/**
 * Reads what the app registered. As on the platform one faulty function does not stop the others: it is left out, and
 * said. Functions with `AzureWebJobs.<name>.Disabled` are left out silently.
 */
export function indexFunctions(
  registered: readonly FunctionMetadata[],
  hostJson: HostJson,
  settings: Readonly<Record<string, string>>,
): FunctionIndex {
  const functions: FunctionDefinition[] = [];
  const errors: { name: string; message: string }[] = [];
  for (const metadata of [...registered].sort(byName)) {
    if (isDisabled(metadata.name, settings)) continue;
    try {
      const defined = defineFunction(metadata, hostJson, settings);
      const rival = functions.filter(isHttp).find((other) => isHttp(defined) && doRoutesConflict(defined, other));
      if (rival) errors.push({ name: metadata.name, message: `Its route is that of function "${rival.name}".` });
      else functions.push(defined);
    } catch (error) {
      errors.push({ name: metadata.name, message: (error as Error).message });
    }
  }
  return { functions, errors };
}

export function isHttp(definition: FunctionDefinition): definition is FunctionDefinition<HttpTrigger> {
  return definition.trigger.kind === 'http';
}

export function isTimer(definition: FunctionDefinition): definition is FunctionDefinition<TimerTrigger> {
  return definition.trigger.kind === 'timer';
}

export function isQueue(definition: FunctionDefinition): definition is FunctionDefinition<QueueTrigger> {
  return definition.trigger.kind === 'queue';
}

function byName(a: FunctionMetadata, b: FunctionMetadata): number {
  const [left, right] = [a.name.toLowerCase(), b.name.toLowerCase()];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function doRoutesConflict(a: FunctionDefinition<HttpTrigger>, b: FunctionDefinition<HttpTrigger>): boolean {
  if (a.trigger.route.toLowerCase() !== b.trigger.route.toLowerCase()) return false;
  return a.trigger.methods.some((method) => b.trigger.methods.includes(method));
}

function isDisabled(name: string, settings: Readonly<Record<string, string>>): boolean {
  const value = settings[`AzureWebJobs.${name}.Disabled`] ?? settings[`AzureWebJobs__${name}__Disabled`];
  return value !== undefined && /^(?:true|1)$/i.test(value);
}
