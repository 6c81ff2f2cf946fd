import { AuditorError } from '../auditor-error';
import { openAppCredential } from './app-credential';

/**
 * Tokens for an Entra scope from the identity that the app runs as; the library keeps them until shortly before they end.
 * Throws `setting-missing` where no identity gets one.
 */
export function openEntraTokens(): (scope: string) => Promise<string> {
  const credential = openAppCredential();
  return async (scope) => {
    try {
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
    `Cannot get an Entra token for ${scope}. Give the app a managed identity that may have one (AZURE_CLIENT_ID names a user-assigned one), or sign in with "az login".`,
    { cause },
  );
}
