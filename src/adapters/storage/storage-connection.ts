import { AuditorError } from '../../auditor-error';
import { type AppCredential, openAppCredential } from '../app-credential';

/** How the storage account is reached: with a key (a connection string) or as an identity. */
export type StorageConnection =
  | { readonly kind: 'connection-string'; readonly settingName: string; readonly connectionString: string }
  | {
      readonly kind: 'identity';
      readonly settingName: string;
      readonly tableServiceUri: string;
      readonly queueServiceUri: string;
      /** Null where only the other two are named: nothing but digests needs it. */
      readonly blobServiceUri: string | null;
      /** The client id of a user-assigned identity. */
      readonly clientId?: string;
      /** `…__credential=managedidentity`: no developer's sign-in is looked for. */
      readonly isManaged?: boolean;
    };

type Settings = Readonly<Record<string, string | undefined>>;

const identitySettings = ['__accountName', '__tableServiceUri', '__queueServiceUri', '__blobServiceUri'];

/**
 * The name of the connection that the settings give: `AUDIT_STORAGE` where it, or a `AUDIT_STORAGE__…` that names an
 * account, is set, else `AzureWebJobsStorage`. Triggers name the same connection.
 */
export function storageNameOf(settings: Settings): string {
  const names = ['', ...identitySettings].map((ending) => `AUDIT_STORAGE${ending}`);
  return names.some((name) => settingOf(settings, name) !== undefined) ? 'AUDIT_STORAGE' : 'AzureWebJobsStorage';
}

/**
 * Reads a connection as the Functions host does: the setting `name` is a connection string (`UseDevelopmentStorage=true`
 * is Azurite's), or `name__accountName`, or `name__tableServiceUri` with `name__queueServiceUri` (and `name__blobServiceUri`), name an
 * account that is reached as an identity (`name__clientId`: which one; `name__credential=managedidentity`: no other kind of one). Throws `setting-missing` or `config-invalid`.
 */
export function storageConnectionOf(settings: Settings, name: string = storageNameOf(settings)): StorageConnection {
  const connectionString = settingOf(settings, name);
  if (connectionString !== undefined) {
    if (isConnectionString(connectionString)) {
      return { kind: 'connection-string', settingName: name, connectionString: withProtocol(connectionString) };
    }
    throw new AuditorError(
      'config-invalid',
      `Cannot use the setting ${name}: it is no storage connection string. Take one from the account's access keys, or set ${name}__accountName to use an identity.`,
    );
  }
  const tableServiceUri = serviceUri(settings, name, 'table');
  const queueServiceUri = serviceUri(settings, name, 'queue');
  const isBlobNamed = ['__accountName', '__blobServiceUri'].some((ending) => settingOf(settings, `${name}${ending}`));
  const clientId = settingOf(settings, `${name}__clientId`);
  return {
    kind: 'identity',
    settingName: name,
    tableServiceUri,
    queueServiceUri,
    blobServiceUri: isBlobNamed ? serviceUri(settings, name, 'blob') : null,
    ...(clientId !== undefined && { clientId }),
    ...(settingOf(settings, `${name}__credential`)?.toLowerCase() === 'managedidentity' && { isManaged: true }),
  };
}

/** A connection, and the one credential that all its clients show. */
export interface StorageAccess {
  readonly connection: StorageConnection;
  credential(): AppCredential;
}

export function accessTo(connection: StorageConnection): StorageAccess {
  const credential = openAppCredential(connection.kind === 'identity' ? connection : {});
  return { connection, credential: () => credential };
}

/** Whom the storage account sees, for messages: null where that is whoever holds the key. */
export function shownTo({ connection, credential }: StorageAccess): string | null {
  return connection.kind === 'identity' ? credential().shownIdentity() : null;
}

function isConnectionString(text: string): boolean {
  if (/^\s*UseDevelopmentStorage=true\s*;?/i.test(text)) return true;
  return /(^|;)\s*AccountKey=[^;]/i.test(text)
    ? /(^|;)\s*AccountName=[^;]/i.test(text)
    : /(^|;)\s*SharedAccessSignature=[^;]/i.test(text);
}

/** The table SDK takes a string without a protocol, which Azure's own tools accept, for a shared access signature. */
function withProtocol(connectionString: string): string {
  return /AccountKey=/i.test(connectionString) && !/DefaultEndpointsProtocol=/i.test(connectionString)
    ? `DefaultEndpointsProtocol=https;${connectionString}`
    : connectionString;
}

function serviceUri(settings: Settings, name: string, service: 'table' | 'queue' | 'blob'): string {
  const uriSetting = `${name}__${service}ServiceUri`;
  const uri = settingOf(settings, uriSetting);
  if (uri !== undefined) {
    if (/^https?:\/\/[^/]/i.test(uri) && URL.canParse(uri)) return uri.replace(/\/+$/, '');
    throw new AuditorError(
      'config-invalid',
      `Cannot use the setting ${uriSetting}: it is no address. Write https://<account>.${service}.core.windows.net.`,
    );
  }
  const accountName = settingOf(settings, `${name}__accountName`);
  if (accountName === undefined) throw missing(settings, name, uriSetting);
  if (/^[a-z0-9]{3,24}$/.test(accountName)) return `https://${accountName}.${service}.core.windows.net`;
  throw new AuditorError(
    'config-invalid',
    `Cannot use the setting ${name}__accountName: a storage account's name is 3 to 24 lower-case letters and digits.`,
  );
}

function missing(settings: Settings, name: string, uriSetting: string): AuditorError {
  const isHalfThere = identitySettings.some((ending) => settingOf(settings, `${name}${ending}`) !== undefined);
  return new AuditorError(
    'setting-missing',
    isHalfThere
      ? `Cannot reach the storage account: ${uriSetting} is not set. Set it, or ${name}__accountName alone.`
      : `Cannot reach the storage account: ${name} is not set. Set it to a connection string, or ${name}__accountName to use an identity; UseDevelopmentStorage=true is a local Azurite.`,
  );
}

/** A setting without text is not set: the portal and local.settings.json leave such ones behind. */
function settingOf(settings: Settings, name: string): string | undefined {
  const value = settings[name]?.trim();
  return value === '' ? undefined : value;
}
