import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { openGateway } from '../../../src/adapters/gateway/gateway-http';
import { openHttpMeter } from '../../../src/adapters/meter/meter-http';
import { systemClock } from '../../../src/adapters/system-clock';
import { aGateway } from '../../audit/a-declaration';
import { startWireServer } from '../local-server';
import { anOrder, canaryKey } from './a-probe';
import { chunked, head, json } from './broken-gateways';
import { pour } from './hostile-gateways';

const mib = 1024 * 1024;
/** What lies in the buffers of both sockets when the reader has gone; some kernels take 6 MiB. */
const underWayBytes = 16 * mib;
const mostMemoryBytes = 48 * mib;

interface Cost {
  readonly readBytes: number;
  readonly memoryBytes: number;
}

type Ask = (url: string) => Promise<string | null>;

/** Bytes that the server got rid of, and how much more memory this process holds while the answer is kept. */
async function costOf(does: (socket: Socket) => void, ask: Ask): Promise<{ said: string | null; cost: Cost }> {
  const sockets: Socket[] = [];
  const server = await startWireServer((socket) => {
    sockets.push(socket);
    does(socket);
  });
  const held = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  const said = await ask(`http://127.0.0.1:${server.port}`);
  const memoryBytes = held() - before;
  const readBytes = sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.writableLength, 0);
  await server.close();
  return { said, cost: { readBytes, memoryBytes } };
}

const askGateway: Ask = async (endpoint) => {
  const gateway = openGateway({
    declared: aGateway({ endpoint }),
    auditedCustomerId: 'contoso',
    keyOf: () => canaryKey,
    version: '1.2.3',
    clock: systemClock,
  });
  const { error } = await gateway.send(anOrder());
  await gateway.close();
  return error?.kind ?? null;
};

const askMeter: Ask = async (url) => {
  const reading = await openHttpMeter({ url, clock: systemClock })({ fromMs: 0, toMs: 60_000 });
  return reading.because;
};

const endless = (socket: Socket) => {
  socket.write(head(json));
  pour(socket, Buffer.alloc(65_536, 'x'));
};
const singleBytes = (socket: Socket) => {
  socket.write(head(json, chunked));
  pour(socket, '1\r\nx\r\n'.repeat(10_000));
};
const bomb = gzipSync(Buffer.alloc(256 * mib, ' '));
const compressed = (socket: Socket) =>
  socket.end(Buffer.concat([Buffer.from(head(json, 'Content-Encoding: gzip')), bomb]));
const meterSays = "the meter's answer is not { rows: [ … ] } with tokens by subscription";

test.each([
  { what: 'a body without end', does: endless, ask: askGateway, says: 'body-too-large', mostMib: 1 },
  { what: 'a body of single bytes', does: singleBytes, ask: askGateway, says: 'body-too-large', mostMib: 6 },
  { what: 'a bomb of 256 MiB', does: compressed, ask: askGateway, says: 'bad-encoding', mostMib: 1 },
  {
    what: 'endless headers',
    does: (socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      pour(socket, 'x'.repeat(65_536));
    },
    ask: askGateway,
    says: 'headers-too-large',
    mostMib: 1,
  },
  {
    what: 'a meter without end',
    does: endless,
    ask: askMeter,
    says: 'the meter answered with more than 4 MiB',
    mostMib: 4,
  },
  {
    what: 'a meter of single bytes',
    does: singleBytes,
    ask: askMeter,
    says: 'the meter answered with more than 4 MiB',
    mostMib: 24,
  },
  { what: "a meter's bomb", does: compressed, ask: askMeter, says: meterSays, mostMib: 1 },
])('$what: little more than $mostMib MiB is read, and little is held', async ({ what, does, ask, says, mostMib }) => {
  const { said, cost } = await costOf(does, ask);
  expect(said).toBe(says);
  expect(cost.readBytes).toBeLessThan(mostMib * mib + underWayBytes);
  expect(cost.memoryBytes).toBeLessThan(mostMemoryBytes);
  if (process.env.PRINT_BOUNDS !== undefined) {
    const [read, held] = [cost.readBytes, Math.max(0, cost.memoryBytes)].map((bytes) => (bytes / mib).toFixed(1));
    process.stderr.write(`${what}: ${read} MiB read, ${held} MiB held, "${said}"\n`);
  }
});
