import { createHash } from 'node:crypto';
import type { ApiRequest, ApiResponse } from './api-message';

/**
 * An answer to GET (or HEAD) with its ETag, or 304 without a body where the caller has that very answer already (RFC 9110,
 * section 13). The service still reads storage: what is saved is the way to the caller.
 */
export function toConditional({ method, ifNoneMatch }: ApiRequest, response: ApiResponse): ApiResponse {
  if ((method !== 'GET' && method !== 'HEAD') || response.status !== 200) return response;
  const etag = `"${createHash('sha256').update(response.body).digest('base64url').slice(0, 27)}"`;
  const headers = { ...response.headers, 'cache-control': 'private, no-cache', etag };
  if (!isNamedIn(ifNoneMatch, etag)) return { ...response, headers };
  return { status: 304, headers: { etag, 'cache-control': headers['cache-control'] }, body: '' };
}

/** Weak comparison, as for If-None-Match: proxies that compress an answer make its ETag weak. */
function isNamedIn(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const named = ifNoneMatch.split(',').map((one) => one.trim().replace(/^W\//, ''));
  return named.includes(etag) || named.includes('*');
}
