import { AuditorError } from '../src/auditor-error';
import type { HostJson } from './host-json';
import { parseRoute, type RouteTemplate } from './http/route-template';
import { fillIn } from './settings';
import { parseSchedule, type TimerSchedule } from './timers/timer-schedule';
import type { Binding, FunctionMetadata, RetryOptions } from './worker/messages';

export interface HttpTrigger {
  readonly kind: 'http';
  /** The name under which the library expects the trigger's data. */
  readonly binding: string;
  /** The whole path's template, prefix included. */
  readonly template: RouteTemplate;
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: 'anonymous' | 'function' | 'admin';
}

export interface TimerTrigger {
  readonly kind: 'timer';
  readonly binding: string;
  readonly schedule: TimerSchedule;
  readonly runOnStartup: boolean;
  readonly useMonitor: boolean;
}

export interface QueueTrigger {
  readonly kind: 'queue';
  readonly binding: string;
  readonly queueName: string;
  readonly connection: string;
}

export interface QueueOutput {
  /** `$return` or the output's name. */
  readonly binding: string;
  readonly queueName: string;
  readonly connection: string;
}

/** A registered function that this host can run. */
export interface FunctionDefinition<Trigger = HttpTrigger | TimerTrigger | QueueTrigger> {
  readonly name: string;
  readonly trigger: Trigger;
  readonly outputs: readonly QueueOutput[];
  readonly retry: RetryOptions | null;
}

/** Reads what the library registered. Throws an AuditorError for what the platform, or this host, can not run. */
export function defineFunction(
  metadata: FunctionMetadata,
  hostJson: HostJson,
  settings: Readonly<Record<string, string>>,
): FunctionDefinition {
  if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(metadata.name) || /^host$/i.test(metadata.name)) {
    throw unusable(`"${metadata.name}" is no function name`);
  }
  for (const name of Object.keys(metadata.bindings)) {
    if (!/^(?:[A-Za-z][A-Za-z0-9]{0,127}|\$return)$/.test(name)) throw unusable(`"${name}" is no binding name`);
  }
  const bindings = Object.entries(metadata.bindings).map(
    ([name, binding]) => [name, withSettings(binding, settings)] as const,
  );
  const triggers = bindings.filter(([, { type }]) => /trigger$/i.test(type));
  const [trigger] = triggers;
  if (!trigger || triggers.length > 1) throw unusable(`it has ${triggers.length} triggers instead of one`);
  const others = bindings.filter((binding) => binding !== trigger);
  return {
    name: metadata.name,
    trigger: toTrigger(metadata.name, trigger, hostJson),
    outputs: others.flatMap(([name, binding]) => toOutputs(name, binding)),
    retry: metadata.retryOptions ?? null,
  };
}

function toTrigger(
  functionName: string,
  [binding, options]: readonly [string, Binding],
  hostJson: HostJson,
): HttpTrigger | TimerTrigger | QueueTrigger {
  switch (options.type.toLowerCase()) {
    case 'httptrigger':
      return toHttpTrigger(functionName, [binding, options], hostJson.routePrefix);
    case 'timertrigger': {
      const schedule = parseSchedule(String(options.schedule ?? ''));
      // The platform's own rule: what runs more often than once a minute has no monitor.
      const useMonitor = options.useMonitor !== false && schedule.shortestIntervalMs >= 60_000;
      return { kind: 'timer', binding, schedule, runOnStartup: options.runOnStartup === true, useMonitor };
    }
    case 'queuetrigger':
      return { kind: 'queue', binding, ...toQueue(options) };
    default:
      throw unusable(`the local host runs http, timer and queue triggers, not "${options.type}"`);
  }
}

function toHttpTrigger(
  functionName: string,
  [binding, options]: readonly [string, Binding],
  routePrefix: string,
): HttpTrigger {
  const route = (typeof options.route === 'string' && options.route.trim()) || functionName;
  const ownRoute = route.replace(/^\/+|\/+$/g, '');
  if (/^(?:admin|runtime)/i.test(ownRoute)) throw unusable(`route "${route}" conflicts with the host's own routes`);
  const authLevel = String(options.authLevel ?? 'function').toLowerCase();
  if (authLevel !== 'anonymous' && authLevel !== 'function' && authLevel !== 'admin') {
    throw unusable(`"${authLevel}" is no authLevel`);
  }
  const methods = Array.isArray(options.methods) ? options.methods.map((method) => String(method).toUpperCase()) : [];
  const template = parseRoute(routePrefix === '' ? ownRoute : `${routePrefix}/${ownRoute}`);
  return { kind: 'http', binding, template, route: ownRoute, methods, authLevel };
}

function toOutputs(name: string, options: Binding): QueueOutput[] {
  if (options.direction !== 'out') throw unusable(`the local host has no input bindings ("${options.type}")`);
  switch (options.type.toLowerCase()) {
    case 'http':
      return [];
    case 'queue':
      return [{ binding: name, ...toQueue(options) }];
    default:
      throw unusable(`the local host writes http and queue outputs, not "${options.type}"`);
  }
}

function toQueue(options: Binding): { readonly queueName: string; readonly connection: string } {
  if (typeof options.queueName !== 'string' || options.queueName === '') throw unusable('it names no queue');
  const connection =
    typeof options.connection === 'string' && options.connection !== '' ? options.connection : 'Storage';
  return { queueName: options.queueName.toLowerCase(), connection };
}

function withSettings(binding: Binding, settings: Readonly<Record<string, string>>): Binding {
  const filledIn = Object.entries(binding).map(([option, value]) => [
    option,
    typeof value === 'string' ? fillIn(value, settings) : value,
  ]);
  return Object.fromEntries(filledIn) as Binding;
}

function unusable(why: string): AuditorError {
  return new AuditorError('config-invalid', `${why}.`);
}
