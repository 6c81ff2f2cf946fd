import type { IncomingMessage, ServerResponse } from 'node:http';
import type { FunctionDefinition, HttpTrigger } from '../function-definition';
import type { Invoke } from '../invoke';
import { hasKey } from './has-key';
import { readBody } from './read-body';
import { matchRoute } from './route-template';
import { toRpcRequest } from './rpc-request';
import { writeResponse } from './write-response';

export interface HttpParts {
  /** In name order. */
  readonly functions: readonly FunctionDefinition<HttpTrigger>[];
  readonly key: string;
  readonly invoke: Invoke;
  /** Runs a function now; null where there is none of that name that can be run so. */
  readonly runByHand: (name: string, input: string) => Promise<unknown> | null;
}

type HandleRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/** Answers one request by the rules of the platform's HTTP host. Never rejects. */
export function createHandleRequest(parts: HttpParts): HandleRequest {
  const answer: HandleRequest = async (incoming, outgoing) => {
    const url = urlOf(incoming);
    if (!url) return empty(outgoing, 400);
    const [, adminName] = /^\/admin\/functions\/([^/]+)$/i.exec(url.pathname) ?? [];
    if (adminName !== undefined) return await answerAdmin(parts, { incoming, outgoing, url, name: adminName });

    // The first in name order that fits path and method; a path that fits with another method only is a 404 too.
    for (const definition of parts.functions) {
      const { trigger } = definition;
      const params = trigger.methods.includes(incoming.method ?? '')
        ? matchRoute(trigger.template, url.pathname)
        : null;
      if (!params) continue;
      if (trigger.authLevel !== 'anonymous' && !hasKey(incoming, url, parts.key)) return empty(outgoing, 401);
      const body = await readBody(incoming);
      if (body === 'too large') return empty(outgoing, 413);
      const http = toRpcRequest({ incoming, url, params, body });
      return writeResponse(outgoing, await parts.invoke(definition, { data: { http }, metadata: {} }));
    }
    empty(outgoing, 404);
  };
  return async (incoming, outgoing) => {
    try {
      await answer(incoming, outgoing);
    } catch {
      // The invocation has logged why; the platform's answer to any failure is an empty 500.
      if (outgoing.headersSent) outgoing.destroy();
      else empty(outgoing, 500);
    }
  };
}

interface AdminRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly url: URL;
  readonly name: string;
}

/** The platform's admin API for functions that HTTP does not trigger: `POST /admin/functions/{name}` starts one now. */
async function answerAdmin(parts: HttpParts, { incoming, outgoing, url, name }: AdminRequest): Promise<void> {
  if (!hasKey(incoming, url, parts.key)) return empty(outgoing, 401);
  if (incoming.method !== 'POST') return empty(outgoing, 404);
  const body = await readBody(incoming);
  if (body === 'too large') return empty(outgoing, 413);
  const input = readInput(Buffer.from(body ?? '').toString('utf8'));
  if (input === null) return empty(outgoing, 400);
  empty(outgoing, parts.runByHand(name, input) ? 202 : 404);
}

/** The body is `{ "input": … }`, or nothing at all; null for anything else. */
function readInput(text: string): string | null {
  if (text === '') return '';
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const input: unknown = 'input' in parsed ? parsed.input : '';
    return typeof input === 'string' ? input : JSON.stringify(input);
  } catch {
    // Not JSON.
    return null;
  }
}

function urlOf(incoming: IncomingMessage): URL | null {
  const target = incoming.url ?? '/';
  return URL.parse(target.startsWith('/') ? `http://${incoming.headers.host ?? 'localhost'}${target}` : target);
}

function empty(outgoing: ServerResponse, status: number): void {
  for (const name of outgoing.getHeaderNames()) outgoing.removeHeader(name);
  // A body that is not wanted is not waited for.
  if (status === 413) outgoing.setHeader('connection', 'close');
  outgoing.writeHead(status, { 'content-length': 0 }).end();
}
