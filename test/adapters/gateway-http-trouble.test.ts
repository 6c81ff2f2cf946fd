import { createServer as createWireServer, type Socket } from 'node:net';
import { type GatewayOptions, openGateway } from '../../src/adapters/gateway-http';
import { systemClock } from '../../src/adapters/system-clock';
import type { Exchange, ProbeRequest } from '../../src/probe/exchange';
import { makePrompt } from '../../src/probe/prompt';
import { aGateway } from '../audit/a-declaration';
import { anOrder, canaryKey } from './a-probe';
import { type LocalServer, startWireServer } from './local-server';

const answer = JSON.stringify({
  choices: [{}],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
});
const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const json = 'Content-Type: application/json';
const lengthOf = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}`;
/** Short where it is a limit that is to be met; the usual ones elsewhere, so that a busy machine changes nothing. */
const shortTimeouts = { connectMs: 1000, headersMs: 60, bodyMs: 60, totalMs: 2000 };

let server: LocalServer;
let onRequest: (socket: Socket) => void;

beforeAll(async () => {
  server = await startWireServer((socket) => onRequest(socket));
});

afterAll(() => server.close());

async function probe(request: Partial<ProbeRequest> = {}, options: Partial<GatewayOptions> = {}): Promise<Exchange> {
  const gateway = openGateway({
    declared: aGateway({ endpoint: `http://127.0.0.1:${server.port}` }),
    auditedCustomerId: 'contoso',
    keyOf: () => canaryKey,
    version: '1.2.3',
    clock: systemClock,
    ...options,
  });
  try {
    const exchange = await gateway.send(anOrder(request));
    const text = JSON.stringify(exchange);
    const prompt = makePrompt(request.promptTokens ?? 20, '0192f0c1-0000-7000-8000-000000000001/1').trim();
    expect(text).not.toContain(canaryKey);
    expect(text).not.toContain(prompt.split(' ').slice(0, 3).join(' '));
    expect(exchange.receivedMs).toBeGreaterThanOrEqual(exchange.headersMs ?? exchange.sentMs);
    return exchange;
  } finally {
    await gateway.close();
  }
}

function at(endpoint: string): Partial<GatewayOptions> {
  return { declared: aGateway({ endpoint }) };
}

interface Case {
  readonly what: string;
  readonly does: (socket: Socket) => void;
  readonly status?: number | null;
  readonly kind: string | null;
  readonly detail?: string;
}

test.each<Case>([
  {
    what: 'resets before any answer',
    does: (socket) => socket.resetAndDestroy(),
    kind: 'reset',
    detail: 'the connection was closed (ECONNRESET)',
  },
  {
    what: 'closes before any answer',
    does: (socket) => socket.end(),
    kind: 'reset',
    detail: 'the connection was closed (UND_ERR_SOCKET)',
  },
  { what: 'closes within the headers', does: (socket) => socket.end('HTTP/1.1 200 OK\r\nX: 1'), kind: 'reset' },
  {
    what: 'resets within the body',
    does: (socket) => {
      socket.write(head(json, 'Content-Length: 1000'));
      socket.write(answer, () => setImmediate(() => socket.resetAndDestroy()));
    },
    status: 200,
    kind: 'reset',
  },
  {
    what: 'closes before the promised length',
    does: (socket) => socket.end(`${head(json, 'Content-Length: 1000')}${answer}`),
    status: 200,
    kind: 'wrong-length',
  },
  {
    what: 'promises a shorter body than JSON needs',
    does: (socket) => socket.end(`${head(json, 'Content-Length: 10')}${answer}`),
    status: 200,
    kind: 'not-json',
  },
  {
    what: 'sends more than the promised length',
    does: (socket) => socket.end(`${head(json, lengthOf(answer))}${answer}${answer}`),
    status: 200,
    kind: null,
  },
  {
    what: 'closes within a chunked body',
    does: (socket) => socket.end(`${head(json, 'Transfer-Encoding: chunked')}ff\r\n${answer}`),
    status: 200,
    kind: 'reset',
  },
  {
    what: 'says two lengths',
    does: (socket) => socket.end(`${head(json, lengthOf(answer), 'Content-Length: 5')}${answer}`),
    kind: 'wrong-length',
  },
  {
    what: 'says a length that is no number',
    does: (socket) => socket.end(`${head(json, 'Content-Length: many')}${answer}`),
    kind: 'protocol',
  },
  {
    what: 'sends a chunk size that is no number',
    does: (socket) => socket.end(`${head(json, 'Transfer-Encoding: chunked')}zz\r\n${answer}\r\n0\r\n\r\n`),
    status: 200,
    kind: 'protocol',
  },
  { what: 'speaks no HTTP', does: (socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'), kind: 'protocol' },
  { what: 'sends noise', does: (socket) => socket.end(Buffer.from([0, 1, 2, 250, 255, 13, 10])), kind: 'protocol' },
  {
    what: 'changes to another protocol',
    does: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
    kind: 'reset',
  },
  {
    what: 'sends endless headers',
    does: (socket) => socket.end(head(...Array.from({ length: 100 }, (_, n) => `X-${n}: ${'x'.repeat(1000)}`))),
    kind: 'headers-too-large',
  },
  {
    what: 'sends an endless body',
    does: (socket) => {
      socket.write(head(json));
      const pour = () => {
        while (socket.writable && socket.write(Buffer.alloc(65_536, 'x')));
      };
      socket.on('drain', pour);
      pour();
    },
    status: 200,
    kind: 'body-too-large',
  },
  { what: 'never answers', does: () => undefined, kind: 'headers-timeout' },
  {
    what: 'stops within the headers',
    does: (socket) => socket.write('HTTP/1.1 200 OK\r\nX: 1'),
    kind: 'headers-timeout',
  },
  {
    what: 'stops within the body',
    does: (socket) => socket.write(`${head(json, 'Content-Length: 1000')}${answer}`),
    status: 200,
    kind: 'body-timeout',
  },
  {
    what: 'sends bytes that are not UTF-8',
    does: (socket) =>
      socket.end(Buffer.concat([Buffer.from(head(json)), Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])])),
    status: 200,
    kind: 'bad-encoding',
    detail: 'the body is not UTF-8',
  },
  {
    what: 'compresses though nobody asked',
    does: (socket) => socket.end(`${head(json, 'Content-Encoding: gzip')}${answer}`),
    status: 200,
    kind: 'bad-encoding',
    detail: 'the body came compressed though we accept no encoding',
  },
  {
    what: 'answers with nothing',
    does: (socket) => socket.end(head('Content-Length: 0')),
    status: 200,
    kind: 'not-json',
  },
  {
    what: 'ends the body with the connection',
    does: (socket) => socket.end(`${head(json)}${answer}`),
    status: 200,
    kind: null,
  },
  {
    what: 'begins with a byte order mark and hints first',
    does: (socket) => socket.end(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${head(json)}\ufeff${answer}`),
    status: 200,
    kind: null,
  },
  {
    what: 'refuses and breaks off: that names nobody',
    does: (socket) =>
      socket.end(
        `HTTP/1.1 429 x\r\n${json}\r\nContent-Length: 500\r\n\r\n{"statusCode":429,"message":"Token limit is exc`,
      ),
    status: 429,
    kind: 'wrong-length',
  },
])('a gateway that $what: $kind', async ({ does, status = null, kind, detail }) => {
  onRequest = does;
  const exchange = await probe({}, kind?.endsWith('-timeout') ? { timeouts: shortTimeouts } : {});
  expect({ status: exchange.status, kind: exchange.error?.kind ?? null }).toEqual({ status, kind });
  if (detail !== undefined) expect(exchange.error?.detail).toBe(detail);
  expect(exchange.usage === null).toBe(kind !== null);
  expect(exchange.refusedBy).toBe(status === 429 ? 'unknown' : null);
});

test('a gateway that trickles for ever is given up when the time for the whole probe is over', async () => {
  onRequest = (socket) => {
    socket.write(head(json));
    const trickle = setInterval(() => socket.write(' '), 10);
    socket.on('close', () => clearInterval(trickle));
  };
  const exchange = await probe({}, { timeouts: { totalMs: 150 } });
  expect(exchange).toMatchObject({
    status: 200,
    error: { kind: 'body-timeout', detail: 'the body did not end in time (TIMEOUT)' },
  });
});

test('an answer as large as its probe may need is read to the end', async () => {
  const large = `${answer}${' '.repeat(1.5 * 1024 * 1024)}`;
  onRequest = (socket) => socket.end(`${head(json, lengthOf(large))}${large}`);
  expect((await probe({ maxCompletionTokens: 1000 })).error).toBeNull();
  expect((await probe({ maxCompletionTokens: 5 })).error?.kind).toBe('body-too-large');
});

test('a stream cut in the middle of a character is read whole', async () => {
  const event = 'data: {"choices":[{"delta":{"content":"é"},"finish_reason":"stop"}]}\n\n';
  const bytes = Buffer.from(`${event}data: [DONE]\n\n`);
  const cut = bytes.indexOf(0xc3) + 1;
  onRequest = (socket) => {
    socket.write(head('Content-Type: text/event-stream'));
    socket.write(bytes.subarray(0, cut), () => setImmediate(() => socket.end(bytes.subarray(cut))));
  };
  expect(await probe({ streamed: true })).toMatchObject({ status: 200, error: null });
});

test('nobody listens: no connection', async () => {
  const closed = await startWireServer(() => undefined);
  await closed.close();
  expect((await probe({}, at(`http://127.0.0.1:${closed.port}`))).error).toEqual({
    kind: 'connect',
    detail: 'no connection could be made (ECONNREFUSED)',
  });
});

test('a name that nobody has', async () => {
  const { error, status, sentMs, receivedMs } = await probe({}, at('http://gateway.invalid'));
  expect({ kind: error?.kind, status }).toEqual({ kind: 'dns', status: null });
  expect(receivedMs).toBeGreaterThanOrEqual(sentMs);
});

test('a TLS handshake that nobody answers', async () => {
  const deaf = createWireServer(() => undefined);
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const { port } = deaf.address() as { port: number };
  const exchange = await probe({}, { ...at(`https://127.0.0.1:${port}`), timeouts: { connectMs: 50 } });
  deaf.close();
  expect(exchange.error).toEqual({
    kind: 'connect-timeout',
    detail: 'no connection stood in time (TIMEOUT)',
  });
});
