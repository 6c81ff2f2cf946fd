import { createServer, type Socket } from 'node:net';

/** Every answer is held during `heldMs` of every `everyMs`, from the server's start on; none where it is 0. */
export interface Stall {
  readonly everyMs: number;
  readonly heldMs: number;
}

const body = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'gpt-4o',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 20, completion_tokens: 2, total_tokens: 22 },
});

/** The headers that a gateway with a token limit in front of Azure OpenAI sends. */
const answer = [
  'HTTP/1.1 200 OK',
  'content-type: application/json',
  'date: Mon, 05 Jan 2026 12:00:00 GMT',
  'consumed-tokens: 22',
  'remaining-tokens: 99978',
  'x-ms-region: Sweden Central',
  'apim-request-id: 5d1c6f2e-0000-4000-8000-000000000000',
  'x-ratelimit-remaining-requests: 999',
  'x-ratelimit-remaining-tokens: 99978',
  `content-length: ${Buffer.byteLength(body)}`,
  '',
  body,
].join('\r\n');

/**
 * Answers every POST alike, as cheaply as can be: bytes on sockets, no HTTP library, so that in a race on few cores the
 * callers are the slower side. Prints its port, and lives until its input ends.
 */
export function serve({ everyMs, heldMs }: Stall): void {
  const startedMs = performance.now();
  const held: Socket[] = [];
  const isHeld = () => (performance.now() - startedMs) % everyMs >= everyMs - heldMs;

  const server = createServer({ noDelay: true }, (socket) => {
    let rest = '';
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', (part: string) => {
      rest += part;
      for (let length = requestLength(rest); length > 0; length = requestLength(rest)) {
        rest = rest.slice(length);
        if (heldMs > 0 && isHeld()) hold(socket);
        else socket.write(answer);
      }
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`${JSON.stringify({ port: typeof address === 'object' ? address?.port : null })}\n`);
  });
  process.stdin.on('end', () => process.exit()).resume();

  function hold(socket: Socket): void {
    held.push(socket);
    if (held.length === 1) setTimeout(release, everyMs - ((performance.now() - startedMs) % everyMs));
  }

  function release(): void {
    for (const socket of held.splice(0)) socket.write(answer);
  }
}

/** Bytes of the first request in a text, its body included; 0 where it has not come whole. */
function requestLength(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return 0;
  const bodyLength = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  const length = headEnd + 4 + bodyLength;
  return text.length < length ? 0 : length;
}
