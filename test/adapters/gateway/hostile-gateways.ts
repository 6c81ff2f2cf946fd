import type { Socket } from 'node:net';
import { answer, brokenGateways, chunked, events, type HostileGateway, head, json } from './broken-gateways';

/** Writes the same for ever, as fast as it is read. */
export function pour(socket: Socket, part: string | Buffer): void {
  const more = () => {
    while (socket.writable && socket.write(part));
  };
  socket.on('drain', more);
  more();
}

/** A byte now and then: often enough that a pause is never what ends it. */
export function trickle(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 10);
  socket.on('close', () => clearInterval(timer));
}

const tooMuch: readonly HostileGateway[] = [
  {
    what: 'sends 100 KB of headers',
    does: (socket) => socket.end(head(...Array.from({ length: 100 }, (_, n) => `X-${n}: ${'x'.repeat(1000)}`))),
    kind: 'headers-too-large',
  },
  {
    what: 'sends one header without end',
    does: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      pour(socket, 'x'.repeat(65_536));
    },
    kind: 'headers-too-large',
  },
  {
    what: 'sends a body without end',
    does: (socket) => {
      socket.write(head(json));
      pour(socket, Buffer.alloc(65_536, 'x'));
    },
    status: 200,
    kind: 'body-too-large',
  },
  {
    what: 'sends a body without end in chunks of one byte',
    does: (socket) => {
      socket.write(head(json, chunked));
      pour(socket, '1\r\nx\r\n'.repeat(10_000));
    },
    status: 200,
    kind: 'body-too-large',
  },
  {
    what: 'sends events without end',
    does: (socket) => {
      socket.write(head(events));
      pour(socket, ': still thinking\n\n'.repeat(4000));
    },
    status: 200,
    kind: 'body-too-large',
    request: { streamed: true },
  },
  {
    what: 'sends trailers without end',
    does: (socket) => {
      socket.write(`${head(json, chunked)}${answer.length.toString(16)}\r\n${answer}\r\n0\r\n`);
      pour(socket, `X-T: ${'x'.repeat(1000)}\r\n`.repeat(50));
    },
    status: 200,
    kind: 'headers-too-large',
  },
  {
    what: 'hints for ever before it answers',
    does: (socket) => pour(socket, 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n'.repeat(1000)),
    kind: 'protocol',
    detail: 'the answer is not valid HTTP (TOO_MANY_INTERIM_ANSWERS)',
  },
];

/** These are probed with short limits of time. */
const tooSlow: readonly HostileGateway[] = [
  { what: 'never answers', does: () => undefined, kind: 'headers-timeout' },
  {
    what: 'stops within the headers',
    does: (socket) => socket.write('HTTP/1.1 200 OK\r\nX: 1'),
    kind: 'headers-timeout',
  },
  {
    what: 'sends its headers a byte at a time',
    does: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX: ');
      trickle(socket, 'x');
    },
    kind: 'headers-timeout',
  },
  {
    what: 'hints now and then and never answers',
    does: (socket) => trickle(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
    kind: 'headers-timeout',
  },
  {
    what: 'stops within the body',
    does: (socket) => socket.write(`${head(json, 'Content-Length: 1000')}${answer}`),
    status: 200,
    kind: 'body-timeout',
  },
  {
    what: 'stops between two events of a stream',
    does: (socket) => socket.write(`${head(events)}data: {"choices":[{"delta":{"content":"a"}}]}\n\n`),
    status: 200,
    kind: 'body-timeout',
    request: { streamed: true },
  },
  {
    what: 'sends its body a byte at a time',
    does: (socket) => {
      socket.write(head(json));
      trickle(socket, ' ');
    },
    status: 200,
    kind: 'body-timeout',
    detail: 'the body did not end in time (TIMEOUT)',
  },
  {
    what: 'sends nothing of a chunk but its extension',
    does: (socket) => {
      socket.write(`${head(json, chunked)}5;`);
      trickle(socket, 'x');
    },
    status: 200,
    kind: 'body-timeout',
  },
];

export const hostileGateways: readonly HostileGateway[] = [...brokenGateways, ...tooMuch, ...tooSlow];
