import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { resolve } from 'node:path';
import type { ArmOptions } from '../../../src/adapters/apim/apim-arm';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../local-server';

/*
 * A server that speaks Azure Resource Manager's wire format for one API Management service, over HTTPS: the real client
 * shows its token nowhere else. What it holds is a table from a path below the service to `properties`; lists are the
 * entries one level below a path, two a page.
 */

export const resourceId =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.ApiManagement/service/contoso';

/** By path below the service ('' is the service itself). A policy or fragment is its text. */
export type ArmResources = Readonly<Record<string, object | string>>;

const fixture = (name: string) => readFileSync(resolve(__dirname, '../../fixtures', name), 'utf8');
const certificate = fixture('test-only-certificate.pem');
const pageSize = 2;

export interface ArmServer extends LocalServer {
  readonly options: Omit<ArmOptions, 'resourceId'>;
}

/** `refuse` answers instead where it says something. */
export async function startArm(
  resources: ArmResources,
  refuse: (path: string, request: ReceivedRequest) => Answer | null = () => null,
): Promise<ArmServer> {
  const origin = { port: 0 };
  const server = await startServer(
    (request) => {
      const url = new URL(request.url, 'https://arm.example');
      if (request.headers.authorization !== 'Bearer an-arm-token') return trouble(401, 'InvalidAuthenticationToken');
      if (!url.searchParams.has('api-version')) return trouble(400, 'MissingApiVersionParameter');
      if (!url.pathname.startsWith(resourceId)) return trouble(404, 'ResourceNotFound');
      const path = decodeURIComponent(url.pathname.slice(resourceId.length));
      return refuse(path, request) ?? answerTo(path, url, { resources, port: origin.port });
    },
    (listener) => createServer({ cert: certificate, key: fixture('test-only-key.pem') }, listener),
  );
  origin.port = server.port;
  return Object.assign(server, {
    options: {
      endpoint: `https://localhost:${server.port}`,
      credential: { getToken: async () => ({ token: 'an-arm-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
      client: {
        retryOptions: { maxRetries: 1, retryDelayInMs: 1, maxRetryDelayInMs: 5 },
        tlsOptions: { ca: certificate },
      },
    },
  });
}

/** As ARM refuses an identity that lacks a role. */
export function forbidden(action: string): Answer {
  return trouble(
    403,
    'AuthorizationFailed',
    `The client '0a0a' with object id 'bbbbbbbb-0000-0000-0000-000000000001' does not have authorization to perform action '${action}' over scope '${resourceId}' or the scope is invalid.`,
  );
}

export function trouble(status: number, code: string, message = code): Answer {
  return { status, body: { error: { code, message } } };
}

function answerTo(
  path: string,
  url: URL,
  { resources, port }: { readonly resources: ArmResources; readonly port: number },
): Answer {
  const found = resources[path];
  if (found !== undefined) return { body: toResource(path, found, url) };
  const isList = /^(\/[^/]+\/[^/]+)*\/[^/]+$/.test(path) && path.split('/').length % 2 === 0;
  if (!isList) return trouble(404, 'ResourceNotFound');
  const members = Object.entries(resources).filter(([at]) => at.slice(0, at.lastIndexOf('/')) === path);
  const skip = Number(url.searchParams.get('$skip') ?? 0);
  const next = new URL(`https://localhost:${port}${resourceId}${path}${url.search}`);
  next.searchParams.set('$skip', String(skip + pageSize));
  return {
    body: {
      value: members.slice(skip, skip + pageSize).map(([at, body]) => toResource(at, body, url)),
      ...(members.length > skip + pageSize && { nextLink: next.href }),
    },
  };
}

/** `format=rawxml` is the only form in which these tests' texts can be had. */
function toResource(path: string, body: object | string, url: URL): object {
  const name = path.split('/').at(-1) || 'contoso';
  const id = `${resourceId}${path}`;
  if (path === '' && typeof body !== 'string') return { id, name, type: 'Microsoft.ApiManagement/service', ...body };
  if (typeof body !== 'string') return { id, name, type: 'Microsoft.ApiManagement/service/x', properties: body };
  const isRaw = url.searchParams.get('format') === 'rawxml';
  return { id, name, properties: { format: isRaw ? 'rawxml' : 'xml', value: isRaw ? body : '<wrong-format />' } };
}
