import type { AuditService } from './api/audit-service';
import { type Alerting, alerting } from './app/alerting';
import { type AppOptions, assemble, type Outside, openOutside } from './app/assemble';
import { liveApp, type Standing } from './app/live-app';
import { type Proving, proving } from './app/proving';
import { reading } from './app/reading';
import { type Rejudging, rejudging } from './app/rejudging';
import { remembered } from './app/remembered';
import { type Running, running } from './app/running';
import { tracedRunning } from './app/traced-running';
import { version } from './app/version';
import { type Config, parseConfig, type Settings } from './config';
import type { Clock } from './probe/clock';

/** All that triggers, the HTTP API and the command line do. */
export interface App extends AuditService, Standing, Running, Alerting, Rejudging, Proving {
  readonly config: Config;
  readonly clock: Clock;
}

/**
 * Puts the app together: the one place that decides where configuration, keys, storage and time come from. Storage is
 * connected to (and its tables made) at the first use. Throws `config-unreadable` or `config-invalid`.
 */
export async function createApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const outside = openOutside(settings, options);
  const source = outside.openConfig(outside.configLocation);
  const read = await source.read(null);
  return appOn(parseConfig(read?.text ?? '', source.name, settings), outside);
}

/** The app as it is at the moment of each call: its configuration is read again when it has changed. */
export function createLiveApp(settings: Settings, options: AppOptions = {}): () => Promise<App> {
  const opened = remembered(async () => {
    const outside = openOutside(settings, options);
    const source = outside.openConfig(outside.configLocation);
    return liveApp({
      source,
      kept: source.isShared ? outside.openKeptConfig(source.name) : null,
      clock: outside.clock,
      build: (text) => appOn(parseConfig(text, source.name, settings), outside),
    });
  });
  return async () => (await opened())();
}

function appOn(config: Config, outside: Outside): App {
  const assembly = assemble(config, outside);
  return {
    version,
    config,
    clock: outside.clock,
    configTrouble: null,
    ...reading(assembly),
    ...(outside.tracer === null ? running(assembly) : tracedRunning(running(assembly), outside.tracer)),
    ...alerting(assembly),
    ...rejudging(assembly),
    ...proving(assembly),
  };
}

/** The app of this process for the Functions host. What could not be made is tried again. */
export const hostApp = createLiveApp(process.env);
