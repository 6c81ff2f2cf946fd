import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ProbeRequest } from '../../../src/probe/exchange';

/** A gateway that does something no gateway should, below HTTP, and what an exchange with it is to say. */
export interface HostileGateway {
  readonly what: string;
  readonly does: (socket: Socket) => void;
  /** Absent: no status line came. */
  readonly status?: number;
  /** Null: the answer is usable all the same. */
  readonly kind: string | null;
  readonly detail?: string;
  readonly request?: Partial<ProbeRequest>;
}

export const answer = JSON.stringify({
  choices: [{}],
  usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
});

export const head = (...lines: string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
export const json = 'Content-Type: application/json';
export const chunked = 'Transfer-Encoding: chunked';
export const events = 'Content-Type: text/event-stream';
const lengthOf = (text: string): string => `Content-Length: ${Buffer.byteLength(text)}`;

/** A body that would be 64 MiB of spaces. */
const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));

const breaksOff: readonly HostileGateway[] = [
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
  {
    what: 'resets within the status line',
    does: (socket) => socket.write('HTTP/1.', () => setImmediate(() => socket.resetAndDestroy())),
    kind: 'reset',
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
    what: 'closes within a chunked body',
    does: (socket) => socket.end(`${head(json, chunked)}ff\r\n${answer}`),
    status: 200,
    kind: 'reset',
  },
  {
    what: 'resets between two events of a stream',
    does: (socket) => {
      socket.write(head(events, chunked));
      const event = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n';
      socket.write(`${event.length.toString(16)}\r\n${event}\r\n`, () => setImmediate(() => socket.resetAndDestroy()));
    },
    status: 200,
    kind: 'reset',
    request: { streamed: true },
  },
  {
    what: 'ends a stream before the model had finished',
    does: (socket) => socket.end(`${head(events)}data: {"choices":[{"delta":{"content":"a"}}]}\n\n`),
    status: 200,
    kind: 'protocol',
    request: { streamed: true },
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
];

const lies: readonly HostileGateway[] = [
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
    what: 'says a length below nothing',
    does: (socket) => socket.end(`${head(json, 'Content-Length: -1')}${answer}`),
    kind: 'protocol',
  },
  {
    what: 'says a length and chunks at once',
    does: (socket) => socket.end(`${head(json, lengthOf(answer), chunked)}${answer}`),
    kind: 'wrong-length',
  },
  {
    what: 'sends a chunk size that is no number',
    does: (socket) => socket.end(`${head(json, chunked)}zz\r\n${answer}\r\n0\r\n\r\n`),
    status: 200,
    kind: 'protocol',
  },
  {
    what: 'sends a chunk size beyond any number',
    does: (socket) => socket.end(`${head(json, chunked)}${'f'.repeat(40)}\r\n${answer}`),
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
    what: 'sends a compressed bomb',
    does: (socket) => socket.end(Buffer.concat([Buffer.from(head(json, 'Content-Encoding: gzip')), bomb])),
    status: 200,
    kind: 'bad-encoding',
  },
  {
    what: 'sends a compressed bomb and does not say so',
    does: (socket) => socket.end(Buffer.concat([Buffer.from(head(json)), bomb])),
    status: 200,
    kind: 'bad-encoding',
  },
  {
    what: 'answers with nothing',
    does: (socket) => socket.end(head('Content-Length: 0')),
    status: 200,
    kind: 'not-json',
  },
  {
    what: 'answers that there is no content',
    does: (socket) => socket.end('HTTP/1.1 204 No Content\r\n\r\n'),
    status: 204,
    kind: 'not-json',
  },
  {
    what: 'answers with a page',
    does: (socket) => socket.end(`${head('Content-Type: text/html')}<html>Sign in</html>`),
    status: 200,
    kind: 'not-json',
  },
  {
    what: 'nests its answer a hundred thousand times',
    does: (socket) => socket.end(`${head(json)}${'['.repeat(100_000)}${']'.repeat(100_000)}`),
    status: 200,
    kind: 'protocol',
  },
  {
    what: 'sends an object with a prototype of its own in place of an answer',
    does: (socket) => socket.end(`${head(json)}{"__proto__":{"choices":[],"usage":{"total_tokens":1}}}`),
    status: 200,
    kind: 'protocol',
  },
];

const strangeButFine: readonly HostileGateway[] = [
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
];

export const brokenGateways = [...breaksOff, ...lies, ...strangeButFine];
