import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createServer as createWireServer } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openGateway } from '../../../src/adapters/gateway/gateway-http';
import { systemClock } from '../../../src/adapters/system-clock';
import type { Exchange } from '../../../src/probe/exchange';
import { aGateway } from '../../audit/a-declaration';
import { type LocalServer, startServer } from '../local-server';
import { anOrder, canaryKey } from './a-probe';

const fixtures = join(__dirname, '..', '..', 'fixtures');
const key = readFileSync(join(fixtures, 'test-only-key.pem'));
const cert = readFileSync(join(fixtures, 'test-only-certificate.pem'));
const expired = readFileSync(join(fixtures, 'test-only-expired-certificate.pem'));
const usualAuthorities = getCACertificates('default');

let server: LocalServer;

beforeAll(async () => {
  server = await startServer(
    () => ({ body: { choices: [{}] } }),
    (listener) => createServer({ key, cert }, listener),
  );
});

afterEach(() => setDefaultCACertificates(usualAuthorities));
afterAll(() => server.close());

async function probe(endpoint: string): Promise<Exchange> {
  const gateway = openGateway({
    declared: aGateway({ endpoint }),
    auditedCustomerId: 'contoso',
    keyOf: () => canaryKey,
    version: '1.2.3',
    clock: systemClock,
  });
  const exchange = await gateway.send(anOrder());
  await gateway.close();
  return exchange;
}

test('an authority that Node trusts by default is trusted, for the names that it certified', async () => {
  setDefaultCACertificates([...usualAuthorities, cert.toString()]);
  expect(await probe(`https://localhost:${server.port}`)).toMatchObject({ status: 200, error: null });
  expect(await probe(`https://127.0.0.1:${server.port}`)).toMatchObject({
    status: null,
    error: { kind: 'tls', detail: 'the TLS handshake failed (ERR_TLS_CERT_ALTNAME_INVALID)' },
  });
});

test('a certificate of an unknown authority is refused before the key is shown', async () => {
  const before = server.requests.length;
  expect(await probe(`https://localhost:${server.port}`)).toMatchObject({
    status: null,
    headersMs: null,
    error: { kind: 'tls', detail: 'the TLS handshake failed (DEPTH_ZERO_SELF_SIGNED_CERT)' },
  });
  expect(server.requests).toHaveLength(before);
});

test('a certificate whose time is over is refused before the key is shown', async () => {
  setDefaultCACertificates([...usualAuthorities, expired.toString()]);
  const late = await startServer(
    () => ({ body: { choices: [{}] } }),
    (listener) => createServer({ key, cert: expired }, listener),
  );
  const exchange = await probe(`https://localhost:${late.port}`);
  await late.close();
  expect(exchange).toMatchObject({
    status: null,
    error: { kind: 'tls', detail: 'the TLS handshake failed (CERT_HAS_EXPIRED)' },
  });
  expect(late.requests).toEqual([]);
});

test('a gateway that resets within the handshake', async () => {
  const rude = createWireServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.resetAndDestroy());
  });
  await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve));
  const { port } = rude.address() as { port: number };
  const { error, status } = await probe(`https://127.0.0.1:${port}`);
  rude.close();
  expect({ kind: error?.kind, status }).toEqual({ kind: 'reset', status: null });
});

test('a gateway that speaks plain HTTP on a TLS port', async () => {
  const plain = createWireServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const { port } = plain.address() as { port: number };
  const { error, status } = await probe(`https://127.0.0.1:${port}`);
  plain.close();
  expect({ kind: error?.kind, status }).toEqual({ kind: 'tls', status: null });
});

test('a gateway that speaks TLS where none was declared', async () => {
  expect(await probe(`http://127.0.0.1:${server.port}`)).toMatchObject({ status: null, error: { kind: 'reset' } });
});
