import { createHmac } from 'node:crypto';
import { postToWebhook } from '../../src/adapters/webhook-http';
import { toAlertEvent } from '../../src/audit/alerts/alert-event';
import { aReportDraft } from '../audit/a-report-draft';
import { type LocalServer, startServer, startWireServer } from './local-server';

const report = { ...aReportDraft(), sequence: 1, previousHash: 'p', hash: 'h' };
const event = toAlertEvent({ kind: 'recovered', before: 'fail' }, report);
const nowMs = Date.UTC(2026, 10, 22, 10) + 999;
const options = { nowMs, version: '1.2.3', proxies: {} };
let server: LocalServer;

afterEach(() => server.close());

test('an event is one JSON document with all its attributes, and without a secret it is not signed', async () => {
  server = await startServer(() => ({ status: 202 }));
  const answer = await postToWebhook(
    { url: `http://127.0.0.1:${server.port}/hook?token=abc`, secret: null },
    event,
    options,
  );
  expect(answer).toEqual({ status: 202, retryAfter: null, trouble: null });
  const [request] = server.requests;
  expect({ ...request, body: JSON.parse(request?.body ?? '') }).toEqual({
    method: 'POST',
    url: '/hook?token=abc',
    headers: expect.objectContaining({
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'user-agent': 'gateway-audit/1.2.3',
      'webhook-id': event.id,
      'webhook-timestamp': String(Date.UTC(2026, 10, 22, 10) / 1000),
    }),
    body: event,
  });
  expect(request?.headers).not.toHaveProperty('webhook-signature');
});

test.each(['', 'whsec_'])('a secret signs id, time and body (prefix %j)', async (prefix) => {
  server = await startServer(() => ({ status: 200 }));
  const key = Buffer.from('a key that only the two of us know');
  const secret = `${prefix}${key.toString('base64')}`;
  await postToWebhook({ url: `http://127.0.0.1:${server.port}/`, secret }, event, options);
  const [request] = server.requests;
  const { 'webhook-id': id, 'webhook-timestamp': timestamp } = request?.headers ?? {};
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${request?.body}`).digest('base64');
  expect(request?.headers['webhook-signature']).toBe(`v1,${signature}`);
});

test('no redirect is followed', async () => {
  server = await startServer(({ url }) =>
    url === '/hook' ? { status: 307, headers: { location: '/elsewhere' } } : { status: 200 },
  );
  const answer = await postToWebhook({ url: `http://127.0.0.1:${server.port}/hook`, secret: null }, event, options);
  expect([answer.status, server.requests.map(({ url }) => url)]).toEqual([307, ['/hook']]);
});

test('when to come again is passed on', async () => {
  server = await startServer(() => ({ status: 429, headers: { 'retry-after': '120' } }));
  const answer = await postToWebhook({ url: `http://127.0.0.1:${server.port}/`, secret: null }, event, options);
  expect(answer).toEqual({ status: 429, retryAfter: '120', trouble: null });
});

test('a webhook that does not answer costs its time and no more', async () => {
  server = await startWireServer(() => {});
  const url = `http://127.0.0.1:${server.port}/`;
  const answer = await postToWebhook({ url, secret: null }, event, { ...options, timeoutMs: 100 });
  expect(answer).toEqual({ status: null, retryAfter: null, trouble: 'no answer within 0.1 s' });
});

test('an answer without end is not read', async () => {
  let closed: () => void = () => {};
  const isClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  server = await startWireServer((socket) => {
    socket.on('close', closed);
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const pour = () => socket.writable && socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`, pour);
    pour();
  });
  const answer = await postToWebhook({ url: `http://127.0.0.1:${server.port}/`, secret: null }, event, options);
  expect(answer).toEqual({ status: 200, retryAfter: null, trouble: null });
  await isClosed;
});

test('a webhook that nobody serves is told without its address', async () => {
  server = await startServer(() => ({}));
  const { port } = server;
  await server.close();
  const url = `http://127.0.0.1:${port}/canary?token=canary`;
  const answer = await postToWebhook({ url, secret: null }, event, options);
  expect(answer).toEqual({ status: null, retryAfter: null, trouble: 'no answer (ECONNREFUSED)' });
});
