import { createHash } from 'node:crypto';
import type { GatewayDeclaration } from '../../audit/declaration';
import { AuditorError } from '../../auditor-error';
import type { ProbeOrder } from '../../probe/gateway';

/** Where keys and tokens come from: a customer's key (null where its setting is missing), a token for an Entra scope. */
export interface CredentialSource {
  readonly auditedCustomerId: string;
  readonly keyOf: (customerId: string) => string | null;
  readonly tokenOf?: (scope: string) => Promise<string>;
}

/** The header that shows a credential (none for `none`), and the secrets in it. */
export interface ShownCredential {
  readonly header: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/**
 * The credential that a probe shows. `wrong` is made up of the audit's id and says so, so that whoever reads the
 * gateway's log is not alarmed. Throws `setting-missing` where a key or the source of tokens is missing, and
 * `config-invalid` for a key that no header can hold.
 */
export async function showCredential(
  auth: GatewayDeclaration['auth'],
  order: ProbeOrder,
  source: CredentialSource,
): Promise<ShownCredential> {
  const { credential } = order.request;
  if (credential === 'none') return { header: {}, secrets: [] };
  const isMadeUp = credential === 'wrong';
  if ('entraScope' in auth) {
    const token = isMadeUp ? madeUpKey(order.auditId) : await entraToken(auth.entraScope, source);
    return { header: { authorization: `Bearer ${token}` }, secrets: [token] };
  }
  const key = isMadeUp ? madeUpKey(order.auditId) : customerKey(order, source);
  const value = auth.scheme === undefined ? key : `${auth.scheme} ${key}`;
  return { header: { [auth.keyHeader.toLowerCase()]: value }, secrets: [key] };
}

function customerKey(order: ProbeOrder, source: CredentialSource): string {
  const customerId = order.request.customerId ?? source.auditedCustomerId;
  const key = source.keyOf(customerId);
  if (key === null || key === '') {
    throw new AuditorError(
      'setting-missing',
      `Cannot probe as customer ${customerId}: its key is missing. Set the app setting that the configuration names for it (key.setting).`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new AuditorError(
      'config-invalid',
      `Cannot probe as customer ${customerId}: its key holds a character that no HTTP header may hold (a line end, a space). Correct the app setting that the configuration names for it (key.setting).`,
    );
  }
  return key;
}

async function entraToken(scope: string, source: CredentialSource): Promise<string> {
  if (source.tokenOf === undefined) {
    throw new AuditorError('setting-missing', `Cannot probe with an Entra token for ${scope}: no identity is set up.`);
  }
  return source.tokenOf(scope);
}

/** No key of API Management or Entra looks like this one. */
function madeUpKey(auditId: string): string {
  return `made-up-by-gateway-audit-${createHash('sha256').update(`wrong key/${auditId}`).digest('hex').slice(0, 16)}`;
}
