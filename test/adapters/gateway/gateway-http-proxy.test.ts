import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { type Proxies, proxiesOf } from '../../../src/adapters/gateway/gateway-dispatcher';
import { openGateway } from '../../../src/adapters/gateway/gateway-http';
import { systemClock } from '../../../src/adapters/system-clock';
import { aGateway } from '../../audit/a-declaration';
import { type LocalServer, startServer } from '../local-server';
import { anOrder, canaryKey } from './a-probe';

const fixtures = join(__dirname, '..', '..', 'fixtures');
const key = readFileSync(join(fixtures, 'test-only-key.pem'));
const cert = readFileSync(join(fixtures, 'test-only-certificate.pem'));
const usualAuthorities = getCACertificates('default');

/** Tunnels that were asked for, as `host:port credentials`. */
let tunnels: string[] = [];
let onTunnel: (socket: Socket, port: number) => void;
let proxy: Server;
const sockets = new Set<Socket>();
let gateway: LocalServer;
let tlsGateway: LocalServer;

beforeAll(async () => {
  setDefaultCACertificates([...usualAuthorities, cert.toString()]);
  gateway = await startServer(() => ({ body: { choices: [{}] } }));
  tlsGateway = await startServer(
    () => ({ body: { choices: [{}] } }),
    (listener) => createTlsServer({ key, cert }, listener),
  );
  proxy = createServer().on('connect', (request, socket: Socket) => {
    socket.on('error', () => undefined);
    tunnels.push(`${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    onTunnel(socket, Number(request.url?.split(':')[1]));
  });
  proxy.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
});

beforeEach(() => {
  tunnels = [];
  onTunnel = (socket, port) => {
    const onward = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
  };
});

afterAll(async () => {
  setDefaultCACertificates(usualAuthorities);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => proxy.close(resolve));
  await Promise.all([gateway.close(), tlsGateway.close()]);
});

const proxyUrl = (user = ''): string => `http://${user}127.0.0.1:${(proxy.address() as AddressInfo).port}`;

async function probe(endpoint: string, proxies: Proxies, connectMs = 10_000) {
  const opened = openGateway({
    declared: aGateway({ endpoint }),
    auditedCustomerId: 'contoso',
    keyOf: () => canaryKey,
    version: '1.2.3',
    clock: systemClock,
    timeouts: { connectMs },
    proxies,
  });
  const exchange = await opened.send(anOrder());
  await opened.close();
  return { status: exchange.status, kind: exchange.error?.kind ?? null, text: JSON.stringify(exchange) };
}

test('goes through the proxy for its scheme, with its credentials', async () => {
  const plain = await probe(`http://gateway.test:${gateway.port}`, { http: proxyUrl('me:pass%20word@') });
  const tls = await probe(`https://gateway.test:${tlsGateway.port}`, { https: proxyUrl() });
  expect([plain, tls]).toMatchObject([
    { status: 200, kind: null },
    { status: 200, kind: null },
  ]);
  expect(tunnels).toEqual([
    `gateway.test:${gateway.port} Basic ${Buffer.from('me:pass word').toString('base64')}`,
    `gateway.test:${tlsGateway.port}`,
  ]);
});

test.each([
  { what: 'a host that needs no proxy', endpoint: 'http://gateway.invalid', none: 'other.test, gateway.invalid' },
  { what: 'a scheme without one', endpoint: 'https://gateway.invalid', none: '' },
])('goes straight for $what', async ({ endpoint, none }) => {
  expect(await probe(endpoint, { http: proxyUrl(), none })).toMatchObject({ status: null, kind: 'dns' });
  expect(tunnels).toEqual([]);
});

test('never asks a proxy for this machine', async () => {
  expect(await probe(`http://127.0.0.1:${gateway.port}`, { http: proxyUrl() })).toMatchObject({ status: 200 });
  expect(await probe(`https://localhost:${tlsGateway.port}`, { https: proxyUrl() })).toMatchObject({ status: 200 });
  expect(tunnels).toEqual([]);
});

test.each([
  {
    what: 'refuses',
    does: (socket: Socket) => socket.end('HTTP/1.1 407 Who are you\r\n\r\n'),
    kind: 'connect',
    connectMs: 10_000,
  },
  { what: 'hangs up', does: (socket: Socket) => socket.resetAndDestroy(), kind: 'reset', connectMs: 10_000 },
  { what: 'never answers', does: () => undefined, kind: 'connect-timeout', connectMs: 50 },
])('a proxy that $what is no answer of the gateway: $kind', async ({ does, kind, connectMs }) => {
  onTunnel = does;
  const proxies = { http: proxyUrl('me:secret@') };
  const { text, ...exchange } = await probe(`http://gateway.test:${gateway.port}`, proxies, connectMs);
  expect(exchange).toEqual({ status: null, kind });
  expect(text).not.toContain('secret');
});

test('a proxy whose address is none is our own mistake, and its password is not told', async () => {
  await expect(probe('http://gateway.test', { http: 'http://me:secret@:x' })).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.not.stringContaining('secret'),
  });
});

test.each([
  { environment: {}, proxies: {} },
  {
    environment: { HTTP_PROXY: 'http://a', HTTPS_PROXY: 'http://b', NO_PROXY: 'c' },
    proxies: { http: 'http://a', https: 'http://b', none: 'c' },
  },
  { environment: { https_proxy: 'http://b', HTTPS_PROXY: 'http://x' }, proxies: { https: 'http://b' } },
  { environment: { HTTP_PROXY: '', NO_PROXY: '' }, proxies: {} },
])('the environment $environment names $proxies', ({ environment, proxies }) => {
  expect(proxiesOf(environment)).toEqual(proxies);
});
