import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { matchRoute, parseRoute } from '../../local/http/route-template';
import { answer } from '../../src/api/answer';
import type { ApiRequest, ApiResponse } from '../../src/api/api-message';
import { type Route, type RouteName, routes } from '../../src/api/routes';
import type { App } from '../../src/app';
import { answerDashboard } from '../../src/app/dashboard';

export interface ServedApp {
  /** Of the page, without a key. */
  readonly pageAddress: string;
  readonly key: string;
  readonly close: () => Promise<void>;
}

const prefix = '/api/';
const key = 'function-key-of-the-test';

/** The HTTP API and the page of an app, as the host serves them, on a port of its own. */
export async function serveApp(app: App): Promise<ServedApp> {
  const server = createServer(async (incoming, outgoing) => {
    const { status, headers, body } = await respond(await toRequest(incoming), incoming, app);
    outgoing.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    pageAddress: `http://127.0.0.1:${port}/api/dashboard`,
    key,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(request: ApiRequest, incoming: IncomingMessage, app: App): Promise<ApiResponse> {
  const path = request.url.pathname.slice(prefix.length);
  const file = matchRoute(parseRoute('dashboard/{*file}'), path);
  if (file !== null) return answerDashboard({ ...request, params: file });
  for (const [name, route] of Object.entries(routes) as [RouteName, Route][]) {
    const params = route.method === request.method ? matchRoute(parseRoute(route.path), path) : null;
    if (params === null) continue;
    if (route.access === 'key' && incoming.headers['x-functions-key'] !== key) return plain(401);
    return answer(name, { ...request, params }, async () => app);
  }
  return plain(404);
}

async function toRequest(incoming: IncomingMessage): Promise<ApiRequest> {
  let body = '';
  for await (const part of incoming) body += part;
  const url = new URL(incoming.url ?? '/', `http://${incoming.headers.host}`);
  return { method: incoming.method ?? 'GET', url, params: {}, body, requestId: 'test' };
}

function plain(status: number): ApiResponse {
  return { status, headers: {}, body: '' };
}
