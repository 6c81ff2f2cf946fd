/**
 * Whom a token of Entra stands for, for messages: `the identity with the client id …`. Its claims are read, not
 * verified: who it is shown to does that.
 */
export function identityIn(token: string): string {
  const { appid, azp, oid } = claimsIn(token);
  const clientId = appid ?? azp;
  if (isId(clientId)) return `the identity with the client id ${clientId}`;
  return isId(oid) ? `the identity with the object id ${oid}` : 'the identity';
}

function claimsIn(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    // Tokens of some issuers are no JWT; then nobody but the issuer can say whose one is.
    return {};
  }
}

/** Nothing else of a token may get into a message. */
function isId(claim: unknown): claim is string {
  return typeof claim === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(claim);
}
