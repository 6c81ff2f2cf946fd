import type { IncomingMessage } from 'node:http';

/** The platform's own limit of a request's body. */
export const maxBodyBytes = 104_857_600;

/**
 * The body as the platform hands it over: only one with a Content-Length above 0, so that a chunked request has none.
 * 'too large' for more than `maxBodyBytes`. Rejects where the client went away.
 */
export async function readBody(incoming: IncomingMessage): Promise<Uint8Array | null | 'too large'> {
  const length = Number(incoming.headers['content-length'] ?? 0);
  if (!(length > 0)) return null;
  if (length > maxBodyBytes) return 'too large';
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
