import type { IncomingMessage } from 'node:http';
import type { Nullable, RpcHttpRequest } from '../worker/messages';

/** A request that was routed. */
export interface RoutedRequest {
  readonly incoming: IncomingMessage;
  readonly url: URL;
  readonly params: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

/** The request as the platform hands it to the library: repeated headers and query keys are joined by a comma. */
export function toRpcRequest({ incoming, url, params, body }: RoutedRequest): RpcHttpRequest {
  return {
    url: url.href,
    method: incoming.method ?? 'GET',
    nullableHeaders: joined(pairsOf(incoming.rawHeaders)),
    nullableQuery: joined([...url.searchParams]),
    nullableParams: joined(Object.entries(params)),
    ...(body && { body: { bytes: body } }),
  };
}

function pairsOf(rawHeaders: readonly string[]): (readonly [string, string])[] {
  return rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ''] as const] : [],
  );
}

function joined(pairs: readonly (readonly [string, string])[]): Record<string, Nullable<string>> {
  const values = new Map<string, string>();
  for (const [name, value] of pairs) {
    const earlier = values.get(name);
    values.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return Object.fromEntries([...values].map(([name, value]) => [name, { value }]));
}
