import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What becomes of a request: `pass`; `cut`: the connection is, before anything of it arrives; `lose-answer`: carried out,
 * then the connection is cut; a number: carried out, then that status.
 */
export type Fate = 'pass' | 'cut' | 'lose-answer' | number;

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly bytes: number;
}

export interface StorageProxy {
  readonly url: string;
  readonly seen: SeenRequest[];
  decide: (seen: SeenRequest) => Fate;
  close(): Promise<void>;
}

/** A proxy in front of one service of Azurite's, which sees requests and can lose answers. */
export async function startStorageProxy(target: string): Promise<StorageProxy> {
  const seen: SeenRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = await readAll(incoming);
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', bytes: body.length };
    seen.push(request);
    const fate = proxy.decide(request);
    if (fate === 'cut') outgoing.destroy();
    else answer(outgoing, await forward(target, incoming, body), fate);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const proxy: StorageProxy = {
    url: `http://127.0.0.1:${port}`,
    seen,
    decide: () => 'pass',
    close: () => close(server),
  };
  return proxy;
}

interface Answer {
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (message) => readAll(message).then((answerBody) => resolve({ message, body: answerBody }), reject),
    );
    outgoing.once('error', reject);
    outgoing.end(body);
  });
}

function answer(outgoing: ServerResponse, { message, body }: Answer, fate: Exclude<Fate, 'cut'>): void {
  if (fate === 'lose-answer') {
    outgoing.destroy();
    return;
  }
  if (fate === 'pass') outgoing.writeHead(message.statusCode ?? 502, message.headers).end(body);
  else outgoing.writeHead(fate).end();
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
