import type { TokenCredential } from '@azure/identity';
import { AuditorError } from '../auditor-error';

/**
 * Tokens for an Entra scope from the identity that the app runs as. The library is loaded with the first token: it
 * is large, and most gateways are audited by key. It keeps tokens until shortly before they end. Throws
 * `setting-missing` where no identity gets one.
 */
export function openEntraTokens(): (scope: string) => Promise<string> {
  let credential: TokenCredential | null = null;
  return async (scope) => {
    try {
      if (credential === null) {
        const { DefaultAzureCredential } = await import('@azure/identity');
        credential ??= new DefaultAzureCredential();
      }
      const token = await credential.getToken(scope);
      if (token !== null) return token.token;
    } catch (cause) {
      throw missingIdentity(scope, cause);
    }
    throw missingIdentity(scope, undefined);
  };
}

function missingIdentity(scope: string, cause: unknown): AuditorError {
  return new AuditorError(
    'setting-missing',
    `Cannot get an Entra token for ${scope}. Give the app a managed identity that the gateway accepts, or sign in with "az login".`,
    { cause },
  );
}
