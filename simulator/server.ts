import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Answer } from './answer';
import type { SimulatorConfig } from './config';
import { createEngine, type Engine, type StreamHead } from './engine';
import { type GatewayRequest, splitPath } from './model-request';
import { createRandom } from './random';

/** `nowMs`: epoch milliseconds. Tests hand in one that does not wait. */
export interface SimulatorClock {
  nowMs(): number;
  wait(ms: number): Promise<void>;
}

export interface SimulatorOptions {
  readonly config: SimulatorConfig;
  /** 0: any free one. */
  readonly port: number;
  readonly host?: string;
  readonly clock?: SimulatorClock;
}

/** `url` is the address without the base path. `close` ends open connections too. */
export interface Simulator {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** Serves an engine over HTTP, on the machine itself unless told otherwise. Rejects when the port is taken. */
export async function startSimulator({ config, ...options }: SimulatorOptions): Promise<Simulator> {
  const engine = createEngine(config, { random: createRandom(config.seed) });
  return startEngines((path) => ({ engine, path }), options);
}

/** Which engine a request is for, and its path as that engine knows it; null: none. */
export type ChooseEngine = (path: string) => { readonly engine: Engine; readonly path: string } | null;

/** Serves several engines on one port. */
export async function startEngines(
  choose: ChooseEngine,
  { port, host = '127.0.0.1', clock = wallClock }: Omit<SimulatorOptions, 'config'>,
): Promise<Simulator> {
  const server = createServer((request, response) => {
    serve(request, response, { choose, clock }).catch((error: unknown) => fail(request, response, error));
  });
  server.keepAliveTimeout = 65_000;
  const listening = await listen(server, port, host);
  return {
    url: `http://${host}:${listening}`,
    port: listening,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const wallClock: SimulatorClock = {
  // Never runs backwards, as the engine asks, whatever is done to the system's clock.
  nowMs: () => performance.timeOrigin + performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

interface Serving {
  readonly choose: ChooseEngine;
  readonly clock: SimulatorClock;
}

async function serve(message: IncomingMessage, response: ServerResponse, { choose, clock }: Serving): Promise<void> {
  const asked = await readRequest(message);
  const chosen = choose(asked.path);
  if (chosen === null) return respond(response, 404, { message: 'There is no such gateway here.' });
  const { engine, path } = chosen;
  const request = { ...asked, path };
  const own = answerForOperators(request, { engine, nowMs: clock.nowMs() });
  if (own) return respond(response, 200, own);

  const arrival = engine.arrive(clock.nowMs(), request);
  if (!arrival.accepted) {
    await clock.wait(arrival.latencyMs);
    return write(response, arrival.answer);
  }
  const { ticket, latencyMs } = arrival;
  if (ticket.head) await stream(response, ticket.head, { clock, latencyMs });
  else await clock.wait(latencyMs);
  const answer = engine.complete(clock.nowMs(), ticket);
  if (ticket.head) response.end();
  else write(response, answer);
}

/**
 * `/__truth`, and, with `?from=…&to=…` (ISO 8601): `/__meter` as an auditor's `http` meter reads it, `/__metrics` and
 * `/__logs` as Azure Monitor holds them.
 */
function answerForOperators(
  { method, path }: GatewayRequest,
  { engine, nowMs }: { readonly engine: Engine; readonly nowMs: number },
): object | null {
  const { pathname, query } = splitPath(path);
  if (method !== 'GET') return null;
  if (pathname === '/__truth') return engine.truth();
  const time = (name: string, otherwise: number) => {
    const parsed = Date.parse(query.get(name) ?? '');
    return Number.isNaN(parsed) ? otherwise : parsed;
  };
  const span = { fromMs: time('from', Number.NEGATIVE_INFINITY), toMs: time('to', Number.POSITIVE_INFINITY), nowMs };
  switch (pathname) {
    case '/__meter':
      return { rows: engine.meter(span.fromMs, span.toMs, nowMs) };
    case '/__metrics':
      return { metrics: engine.telemetry.metrics(span) };
    case '/__logs':
      return { llmLog: engine.telemetry.llmLog(span), gatewayLog: engine.telemetry.gatewayLog(span) };
    default:
      return null;
  }
}

async function stream(
  response: ServerResponse,
  head: StreamHead,
  { clock, latencyMs }: { readonly clock: SimulatorClock; readonly latencyMs: number },
): Promise<void> {
  await clock.wait(head.afterMs);
  response.writeHead(head.status, head.headers);
  const pauseMs = (latencyMs - head.afterMs) / head.chunks.length;
  for (const chunk of head.chunks) {
    response.write(chunk);
    await clock.wait(pauseMs);
  }
}

function write(response: ServerResponse, answer: Answer): void {
  if (answer.reset) {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

/** A caller that went away is no news; a fault of the simulator itself must not look like one of a gateway. */
function fail(message: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (message.errored || response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'text/plain' });
  response.end(`The simulator itself failed: ${String(error)}`);
}

async function readRequest(message: IncomingMessage): Promise<GatewayRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece);
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
  return {
    method: message.method ?? 'GET',
    path: message.url ?? '/',
    headers,
    body: Buffer.concat(pieces).toString('utf8'),
  };
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
