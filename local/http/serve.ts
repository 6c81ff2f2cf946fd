import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AuditorError } from '../../src/auditor-error';
import type { createHandleRequest } from './handle-request';

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests; resolves when those under way are answered, or after `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** Listens on 127.0.0.1. Throws `bad-usage` where the port is taken or not allowed. */
export async function serve(port: number, handle: ReturnType<typeof createHandleRequest>): Promise<HttpServer> {
  const underWay = new Set<ServerResponse>();
  const server = createServer((incoming, outgoing) => {
    underWay.add(outgoing);
    outgoing.once('close', () => underWay.delete(outgoing));
    void handle(incoming, outgoing);
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => server.closeAllConnections(), graceMs);
        server.close(() => {
          clearTimeout(timer);
          resolve();
        });
        server.closeIdleConnections();
        // A connection that is kept alive after its last answer would hold the server open.
        for (const outgoing of underWay) outgoing.shouldKeepAlive = false;
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'it is taken; stop the other program or set PORT' : cause.message;
      reject(new AuditorError('bad-usage', `Cannot listen on port ${port}: ${why}.`, { cause }));
    });
    server.listen(port, '127.0.0.1', resolve);
  });
}
