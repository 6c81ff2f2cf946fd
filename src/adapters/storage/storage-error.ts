import { AuditorError } from '../../auditor-error';

/** Whose answer an error is, and what it takes to be allowed. */
export interface StorageParty {
  /** The service's address, without anything secret. */
  readonly url: string;
  /** The setting that says how to reach it. */
  readonly settingName: string;
  /** Azure's name of the role that an identity needs; null where a key is used. */
  readonly role: string | null;
  /** Whom it refused; `the identity` unless given. */
  readonly identity?: string | null;
}

/** What of an SDK's error decides. */
export interface StorageAnswer {
  readonly statusCode: number | undefined;
  /** The service's own code, such as `TableNotFound`. */
  readonly code: string | undefined;
  /** False where nobody can know whether the request was carried out: no answer came, or one of a failing service. */
  readonly answered: boolean;
}

const identityErrors = new Set([
  'CredentialUnavailableError',
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
]);

/** Reads the SDKs' RestError by its shape: two copies of its class can be loaded (CommonJS and ESM). */
export function answerOf(error: unknown): StorageAnswer {
  if (!isRestError(error)) return { statusCode: undefined, code: undefined, answered: true };
  const code = error.details?.odataError?.code ?? error.code;
  const { statusCode } = error;
  return { statusCode, code, answered: statusCode !== undefined && statusCode < 500 };
}

/**
 * A storage service's trouble as an AuditorError. `doing` completes "Cannot …": `read the table audits`. Anything that
 * is not the service's trouble comes back as it is.
 */
export function toStorageError(error: unknown, doing: string, party: StorageParty): unknown {
  if (error instanceof Error && identityErrors.has(error.name)) {
    return new AuditorError(
      'storage-refused',
      `Cannot ${doing}: there is no identity to show to ${party.url}. Give the app a managed identity (${party.settingName}__clientId names a user-assigned one), or sign in with "az login".`,
      { cause: error },
    );
  }
  if (!isRestError(error)) return error;
  const { statusCode, code } = answerOf(error);
  const isRefused = statusCode === 401 || statusCode === 403;
  return isRefused
    ? new AuditorError('storage-refused', `Cannot ${doing}: ${refusalText(error, party)}`, { cause: error })
    : new AuditorError(
        'storage-unavailable',
        `Cannot ${doing}: the storage account at ${party.url} ${statusCode === undefined ? 'did not answer' : `answered ${statusCode}`} (${code ?? 'without a code'}). ${adviceFor(code, party)}`,
        { cause: error },
      );
}

type RestErrorShape = Error & {
  readonly statusCode?: number;
  readonly code?: string;
  readonly details?: { readonly odataError?: { readonly code?: string } };
};

function isRestError(error: unknown): error is RestErrorShape {
  return error instanceof Error && error.name === 'RestError';
}

function refusalText(error: RestErrorShape, { url, settingName, role, identity }: StorageParty): string {
  const { statusCode, code } = answerOf(error);
  const reason = code === undefined ? statusCode : `${statusCode}, ${code}`;
  return role === null
    ? `the storage account at ${url} refused the key in ${settingName} (${reason}). Check the key, and that the account allows shared keys and this network.`
    : `the storage account at ${url} refused ${identity ?? 'the identity'} (${reason}). Give it ${role}, and check that the account allows this network.`;
}

function adviceFor(code: string | undefined, { settingName }: StorageParty): string {
  if (code === 'TableNotFound' || code === 'QueueNotFound') return 'It is made when the app starts: restart it.';
  return `Check that it is up, and the address in ${settingName}.`;
}
