import type { Exchange } from '../probe/exchange';
import type { HeaderNames } from './declaration';

/** A 200 with neither of the two headers that every answer of this gateway carries came from a cache: nothing was charged. */
export function isLikelyCached(exchange: Exchange, headers: HeaderNames): boolean {
  return (
    headers.consumedTokens !== null &&
    headers.backend !== null &&
    exchange.headers[headers.consumedTokens.toLowerCase()] === undefined &&
    exchange.backend === null
  );
}
