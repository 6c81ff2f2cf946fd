import type { Proxies } from '../gateway/gateway-dispatcher';
import { openConfigAddress } from './config-address';
import { openConfigFile } from './config-file';

/** A configuration's text, and which version of it this is; versions are only compared. */
export interface ConfigText {
  readonly text: string;
  readonly version: string;
}

/** Where a configuration is read, again and again. */
export interface ConfigSource {
  /** As it stands in messages: without anything secret. */
  readonly name: string;
  /** Whether it can change while programs run that were not deployed together with it. */
  readonly isShared: boolean;
  /** Null where it is still the version that is known. Throws `config-unreadable`. */
  read(knownVersion: string | null): Promise<ConfigText | null>;
}

/** What reading an address takes. */
export interface ConfigAccess {
  /** A token of the app's identity for an Entra scope. */
  readonly tokenOf: (scope: string) => Promise<string>;
  readonly proxies: Proxies;
}

/** A file's path or an address, as the setting AUDIT_CONFIG has it. */
export function openConfigSource(location: string, access: ConfigAccess): ConfigSource {
  return isAddress(location) ? openConfigAddress(location, access) : openConfigFile(location);
}

/** Whether a location is an address rather than a file's path. */
export function isAddress(location: string): boolean {
  return /^https?:\/\//i.test(location);
}
