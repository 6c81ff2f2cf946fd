import { type StorageAccess, shownTo } from './storage-connection';
import { toStorageError } from './storage-error';

/** A table, a queue or a container, spoken to through its SDK's client. */
export interface StoragePlace<Client> {
  readonly access: StorageAccess;
  /** For messages: `the table audits`. */
  readonly shown: string;
  /** Azure's name of the role that an identity needs. */
  readonly role: string;
  connect(): Promise<Client>;
}

/** `doing` completes "Cannot … the table audits": `read`. */
export type StorageAsker<Client> = <Answer>(
  doing: string,
  call: (client: Client) => Promise<Answer>,
) => Promise<Answer>;

/** Calls a client that is connected at the first call. The service's trouble is thrown as an AuditorError. */
export function storageAsker<Client extends { readonly url: string }>({
  access,
  shown,
  role,
  connect,
}: StoragePlace<Client>): StorageAsker<Client> {
  let connected: Promise<Client> | undefined;
  return async (doing, call) => {
    connected ??= connect();
    const client = await connected;
    try {
      return await call(client);
    } catch (error) {
      throw toStorageError(error, `${doing} ${shown}`, {
        // Without the query: a shared access signature stands there.
        url: client.url.split('?')[0] ?? '',
        settingName: access.connection.settingName,
        role: access.connection.kind === 'identity' ? role : null,
        identity: shownTo(access),
      });
    }
  };
}
