import type { AccessToken, TokenCredential } from '@azure/identity';
import { identityIn } from './token-identity';

/** Which identity of the app's a credential stands for. */
export interface AppIdentity {
  /** The client id of a user-assigned identity; else AZURE_CLIENT_ID of the environment, else the only one there is. */
  readonly clientId?: string;
  /** A managed identity and nothing else: no developer's sign-in is looked for. */
  readonly isManaged?: boolean;
}

/** The identity that the app runs as, and whom its last token stood for. */
export interface AppCredential extends TokenCredential {
  /** For messages: `the identity with the client id …`; `the identity` before there was a token. */
  shownIdentity(): string;
}

/**
 * The app's identity through @azure/identity, which is loaded with the first token: it is large, and much is done by key.
 * Those who ask at once share a token, since each client asks for one of its own before its first request.
 */
export function openAppCredential(identity: AppIdentity = {}): AppCredential {
  let opened: Promise<TokenCredential> | null = null;
  let shown = 'the identity';
  const underWay = new Map<string, Promise<AccessToken | null>>();

  async function ask(...[scopes, options]: Parameters<TokenCredential['getToken']>): Promise<AccessToken | null> {
    opened ??= open(identity);
    const token = await (await opened).getToken(scopes, options);
    if (token !== null) shown = identityIn(token.token);
    return token;
  }

  return {
    shownIdentity: () => shown,
    getToken(scopes, options = {}) {
      // What one asks for may end with its request; those who wait with it must not.
      const { abortSignal: _, tracingOptions: __, ...shared } = options;
      const key = JSON.stringify([scopes, shared]);
      const asked = underWay.get(key) ?? ask(scopes, shared).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return asked;
    },
  };
}

async function open({ clientId, isManaged }: AppIdentity): Promise<TokenCredential> {
  const { DefaultAzureCredential, ManagedIdentityCredential } = await import('@azure/identity');
  if (isManaged) return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
  return clientId ? new DefaultAzureCredential({ managedIdentityClientId: clientId }) : new DefaultAzureCredential();
}
