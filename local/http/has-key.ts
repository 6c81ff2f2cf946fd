import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Whether a request shows the host's key, in the header `x-functions-key` or the query's `code`. */
export function hasKey(incoming: IncomingMessage, url: URL, key: string): boolean {
  const header = incoming.headers['x-functions-key'];
  const shown = [header, url.searchParams.get('code')].filter((text) => typeof text === 'string');
  return shown.some((text) => timingSafeEqual(digest(text), digest(key)));
}

/** Equal lengths, as the comparison in constant time wants them. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
