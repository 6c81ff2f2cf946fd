import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { AuditorError } from '../src/auditor-error';

/** How to reach a storage account's queues or tables. */
export type StorageConnection =
  | { readonly connectionString: string }
  | { readonly serviceUri: string; readonly credential: TokenCredential };

/**
 * Finds a connection by its name in a binding: the setting `AzureWebJobs<name>` first, then `<name>`; either holds a
 * connection string, or `<setting>__queueServiceUri` / `__tableServiceUri` / `__accountName` name the account and the
 * identity is DefaultAzureCredential's. Throws `setting-missing` naming what was looked for.
 */
export function findConnection(
  name: string,
  service: 'queue' | 'table',
  settings: Readonly<Record<string, string>>,
): StorageConnection {
  for (const setting of [`AzureWebJobs${name}`, name]) {
    const connectionString = settings[setting];
    if (connectionString) return { connectionString };
    const account = settings[`${setting}__accountName`];
    const serviceUri =
      settings[`${setting}__${service}ServiceUri`] ?? (account && `https://${account}.${service}.core.windows.net`);
    if (serviceUri) return { serviceUri, credential: credentialOf(settings[`${setting}__clientId`]) };
  }
  throw new AuditorError(
    'setting-missing',
    `No storage connection "${name}": set AzureWebJobs${name} (or ${name}) to a connection string, or to ` +
      'UseDevelopmentStorage=true for a local Azurite, in the environment or in local.settings.json.',
  );
}

function credentialOf(clientId: string | undefined): TokenCredential {
  return new DefaultAzureCredential(clientId ? { managedIdentityClientId: clientId } : {});
}
