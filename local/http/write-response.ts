import type { ServerResponse } from 'node:http';
import type { InvocationResponse, RpcCookie, RpcHttpResponse } from '../worker/messages';

/** What the host frames itself. */
const ownHeaders = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive']);

/** Answers with what a function returned: nothing returned is a 204. Throws where it is no answer. */
export function writeResponse(outgoing: ServerResponse, { returnValue }: InvocationResponse): void {
  if (returnValue === null || returnValue === undefined) {
    outgoing.writeHead(204).end();
    return;
  }
  const answer = returnValue.http as RpcHttpResponse | undefined;
  if (!answer) throw new Error('The function returned no HTTP response.');
  const body = bodyOf(answer);

  for (const [name, value] of Object.entries(answer.headers)) {
    if (!ownHeaders.has(name.toLowerCase())) outgoing.setHeader(name, value);
  }
  const raw = answer.headers['set-cookie'];
  const cookies = [...(raw === undefined ? [] : [raw]), ...answer.cookies.map(toSetCookie)];
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  outgoing.statusCode = Number(answer.statusCode);
  if (![204, 205, 304].includes(outgoing.statusCode)) outgoing.setHeader('content-length', body.byteLength);
  outgoing.end(body);
}

function bodyOf({ body }: RpcHttpResponse): Uint8Array {
  return body?.bytes ?? Buffer.from(body?.string ?? body?.json ?? '');
}

function toSetCookie(cookie: RpcCookie): string {
  const attributes = [
    attribute('expires', cookie.expires?.value && new Date(cookie.expires.value.seconds * 1000).toUTCString()),
    attribute('max-age', cookie.maxAge?.value),
    attribute('domain', cookie.domain?.value),
    attribute('path', cookie.path?.value),
    cookie.secure?.value ? 'secure' : null,
    attribute('samesite', sameSite(cookie)),
    cookie.httpOnly?.value ? 'httponly' : null,
  ];
  const pair = `${encodeURIComponent(cookie.name)}=${encodeURIComponent(cookie.value)}`;
  return [pair, ...attributes.filter((text) => text !== null)].join('; ');
}

function attribute(name: string, value: string | number | undefined): string | null {
  return value === undefined ? null : `${name}=${value}`;
}

function sameSite({ sameSite }: RpcCookie): string | undefined {
  switch (sameSite) {
    case 'lax':
    case 'strict':
      return sameSite;
    case 'explicitNone':
      return 'none';
    case 'none':
    case undefined:
      return undefined;
    default:
      return sameSite satisfies never;
  }
}
