import { createServer as createWireServer, type Socket } from 'node:net';
import { type GatewayOptions, openGateway } from '../../../src/adapters/gateway/gateway-http';
import { systemClock } from '../../../src/adapters/system-clock';
import type { Exchange, ProbeRequest } from '../../../src/probe/exchange';
import { makePrompt } from '../../../src/probe/prompt';
import { aGateway } from '../../audit/a-declaration';
import { type LocalServer, startWireServer } from '../local-server';
import { startFullServer } from '../storage/full-server';
import { anOrder, canaryKey } from './a-probe';
import { answer, head, json } from './broken-gateways';
import { hostileGateways } from './hostile-gateways';

const lengthOf = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}`;
/** Short where it is a limit that is to be met; the usual ones elsewhere, so that a busy machine changes nothing. */
const shortTimeouts = { connectMs: 1000, headersMs: 60, bodyMs: 60, totalMs: 250 };

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

test.each(hostileGateways)('a gateway that $what: $kind', async ({ does, status = null, kind, detail, request }) => {
  onRequest = does;
  const exchange = await probe(request, kind?.endsWith('-timeout') ? { timeouts: shortTimeouts } : {});
  expect({ status: exchange.status, kind: exchange.error?.kind ?? null }).toEqual({ status, kind });
  if (detail !== undefined) expect(exchange.error?.detail).toBe(detail);
  expect(exchange.usage === null).toBe(kind !== null);
  expect(exchange.refusedBy).toBe(status === 429 ? 'unknown' : null);
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

test('a host that takes no connection: given up in time', async () => {
  const { port, close } = await startFullServer();
  const exchange = await probe({}, { ...at(`http://127.0.0.1:${port}`), timeouts: { connectMs: 80 } });
  await close();
  expect(exchange).toMatchObject({
    status: null,
    error: { kind: 'connect-timeout', detail: 'no connection stood in time (TIMEOUT)' },
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
