/** The client id of the identity that `aToken` stands for. */
export const testClientId = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

/** A token as Entra shapes them, signed by nobody. Its times are those of a token that lasts until 2100. */
export function aToken(claims: Readonly<Record<string, unknown>> = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/ab1f708d-50f6-404c-a006-d71b2ac7a606/',
    iat: 1_767_225_600,
    nbf: 1_767_225_600,
    exp: 4_102_444_800,
    appid: testClientId,
    ...claims,
  };
  return [part({ typ: 'JWT', alg: 'RS256' }), part(payload), Buffer.from('nobody').toString('base64url')].join('.');
}
