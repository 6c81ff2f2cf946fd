import type { BrokenAnswerKind } from './behaviour';
import { gatewayBody } from './refusal-text';

/** What goes back over the wire. Header names are as sent. `chunks`: the body in its pieces where it is streamed. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly chunks: readonly string[] | null;
  /** The connection is reset instead; the rest is what would have been said. */
  readonly reset: boolean;
}

/** An answer that the gateway gives by itself, in API Management's own shape. */
export function gatewayAnswer(status: number, message: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return jsonAnswer(status, gatewayBody(status, message), headers);
}

export function jsonAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body, chunks: null, reset: false };
}

/** An answer of the gateway whose text may be empty, as operators like it for a pool that is down. */
export function plainAnswer(status: number, body: string): Answer {
  return body === '' ? { status, headers: {}, body, chunks: null, reset: false } : jsonAnswer(status, body);
}

/** What somebody on the way made of an answer. */
export function spoilAnswer(answer: Answer, kind: BrokenAnswerKind): Answer {
  const html = { 'content-type': 'text/html' };
  switch (kind) {
    case 'reset':
      return { ...answer, reset: true };
    case 'html':
      return { ...answer, status: 200, headers: html, body: '<html><body>Please sign in.</body></html>', chunks: null };
    case 'html-502':
      return { ...answer, status: 502, headers: html, body: '<html><body>502 Bad Gateway</body></html>', chunks: null };
    case 'broken-json':
      return { ...answer, body: answer.body.slice(0, Math.ceil(answer.body.length / 2)), chunks: null };
    default: {
      const unknown: never = kind;
      throw new Error(`Unknown way to break an answer: ${String(unknown)}.`);
    }
  }
}
