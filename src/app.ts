import { jobQueueName } from './adapters/open-storage';
import { storageNameOf } from './adapters/storage-connection';
import type { AuditService } from './api/audit-service';
import { type AppOptions, assemble } from './app/assemble';
import { reading } from './app/reading';
import { remembered } from './app/remembered';
import { type Running, running } from './app/running';
import { version } from './app/version';
import type { Config, Settings } from './config';
import type { Clock } from './probe/clock';

/** All that triggers, the HTTP API and the command line do. */
export interface App extends AuditService, Running {
  readonly config: Config;
  readonly clock: Clock;
}

/**
 * Puts the app together: the one place that decides where configuration, keys, storage and time come from. Storage is
 * connected to (and its tables made) at the first use. Throws `config-unreadable` or `config-invalid`.
 */
export async function createApp(settings: Settings, options: AppOptions = {}): Promise<App> {
  const assembly = await assemble(settings, options);
  const { config, clock } = assembly;
  return { version, config, clock, ...reading(assembly), ...running(assembly) };
}

/** Where the queue triggers find their messages: the names of the queue and of the storage account's setting. */
export function jobQueueOf(settings: Settings): { readonly queueName: string; readonly connection: string } {
  return { queueName: jobQueueName, connection: storageNameOf(settings) };
}

/** The app of this process for the Functions host, made at its first use; what could not be made is tried again. */
export const hostApp = remembered(() => createApp(process.env));
