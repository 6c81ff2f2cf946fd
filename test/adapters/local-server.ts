import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createWireServer, type Server, type Socket } from 'node:net';

/** A request as a server received it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: unknown;
}

export interface LocalServer {
  readonly port: number;
  readonly requests: readonly ReceivedRequest[];
  /** How many connections were opened. */
  connections(): number;
  close(): Promise<void>;
}

/** A server that keeps what it is asked and answers what `answerTo` says: text as it is, anything else as JSON. */
export function startServer(
  answerTo: (request: ReceivedRequest) => Answer,
  serve: (listener: RequestListener) => Server = createServer,
): Promise<LocalServer> {
  const requests: ReceivedRequest[] = [];
  const server = serve(async (incoming, outgoing) => {
    let body = '';
    for await (const part of incoming) body += part;
    const { method = '', url = '', headers } = incoming;
    const request = { method, url, headers, body };
    requests.push(request);
    const answer = answerTo(request);
    outgoing.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    outgoing.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  return listen(server, requests);
}

/** A server below HTTP: `onRequest` gets the connection when a whole request has come. */
export function startWireServer(onRequest: (socket: Socket) => void): Promise<LocalServer> {
  const server = createWireServer((socket) => {
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (part) => {
      text += part.toString('latin1');
      const head = text.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (head < 0 || text.length < head + 4 + length) return;
      text = '';
      onRequest(socket);
    });
  });
  return listen(server, []);
}

async function listen(server: Server, requests: readonly ReceivedRequest[]): Promise<LocalServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    requests,
    connections: () => opened,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
