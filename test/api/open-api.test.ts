import { Ajv2020 } from 'ajv/dist/2020';
import { answer } from '../../src/api/answer';
import type { ApiResponse } from '../../src/api/api-message';
import { openApiDocument } from '../../src/api/open-api';
import { type RouteName, routes } from '../../src/api/routes';
import type { CheckName } from '../../src/audit/declaration';
import { anApp, type TestApp } from '../app/an-app';

interface Media {
  readonly schema: object;
}
interface Operation {
  readonly operationId: RouteName;
  readonly security: readonly object[];
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly content: Readonly<Record<string, Media>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

// What the service answers is read as a caller would: as JSON.
const document = JSON.parse(JSON.stringify(openApiDocument(routes, '1.2.3'))) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);
const ajv = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'openapi.json');

let tested: TestApp;
let audits: { readonly first: string; readonly second: string; readonly queued: string };

beforeAll(async () => {
  tested = await anApp({ answer: () => ({ remainingTokens: 80, consumedTokens: 20 }) });
  const [first, second] = [await audit('limit-status'), await audit('limit-status')];
  const { claimed } = await tested.app.queueAudits([{ customerId: 'contoso', check: 'token-limit' }], 'http');
  audits = { first, second, queued: claimed[0]?.auditId ?? '' };
});
afterAll(() => tested?.close());

async function audit(check: CheckName): Promise<string> {
  const wanted = [{ customerId: 'contoso', check }];
  const [report] = await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
  return report?.auditId ?? '';
}

interface Call {
  readonly query?: string;
  readonly body?: unknown;
  readonly customerId?: string;
  readonly auditId?: string;
}

async function call({ method, operation }: (typeof operations)[number], parts: Call): Promise<ApiResponse> {
  return answer(
    operation.operationId,
    {
      method,
      url: new URL(`https://audits.example/api/${parts.query ?? ''}`),
      params: { id: parts.customerId ?? 'contoso', auditId: parts.auditId ?? audits.second },
      body: JSON.stringify(parts.body ?? ''),
      requestId: 'invocation-1',
    },
    async () => tested.app,
  );
}

/** Throws where an answer is not one that the document promises. */
function expectDocumented({ operation }: (typeof operations)[number], response: ApiResponse): void {
  const documented = operation.responses[response.status];
  const contentType = response.headers['content-type']?.split(';')[0] ?? '';
  expect([response.status, Object.keys(documented?.content ?? {})]).toEqual([
    response.status,
    expect.arrayContaining([contentType]),
  ]);
  const schema = documented?.content[contentType]?.schema ?? {};
  const isJson = /json$/.test(contentType) && !contentType.includes('ndjson');
  const body: unknown = isJson ? JSON.parse(response.body) : response.body;
  const validate = ajv.compile(withAbsoluteReferences(schema));
  expect({ isValid: validate(body), errors: validate.errors }).toEqual({ isValid: true, errors: null });
}

function withAbsoluteReferences(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi.json#/components'));
}

const goodCalls: Readonly<Partial<Record<RouteName, () => Call>>> = {
  customers: () => ({ query: '?top=1' }),
  audits: () => ({ query: '?top=1&check=limit-status&verdict=pass&from=2026-01-05' }),
  'audit-diff': () => ({ query: `?against=${audits.first}` }),
  'audit-start': () => ({ body: { check: 'access' } }),
};

test('every route is documented, and nothing else is', () => {
  expect(document.openapi).toBe('3.1.0');
  const documented = operations.map(({ path, method, operation }) => [operation.operationId, `${method} ${path}`]);
  const served = Object.entries(routes).map(([name, { method, path }]) => [
    name,
    `${method} /${path.replace(':guid', '')}`,
  ]);
  expect(documented.toSorted()).toEqual(served.toSorted());
});

test.each(operations.map((operation) => [`${operation.method} ${operation.path}`, operation] as const))(
  '%s answers as the document says',
  async (_, operation) => {
    const response = await call(operation, goodCalls[operation.operation.operationId]?.() ?? {});
    expect(response.status).toBeLessThan(300);
    expectDocumented(operation, response);
  },
);

test.each(
  operations.filter(({ path }) => path.includes('{id}')).map((one) => [`${one.method} ${one.path}`, one] as const),
)('%s of an unknown customer is a documented problem', async (_, operation) => {
  const parts = goodCalls[operation.operation.operationId]?.() ?? {};
  const response = await call(operation, { ...parts, customerId: 'nobody' });
  expect(response.status).toBe(404);
  expectDocumented(operation, response);
});

test.each(
  operations
    .filter(({ operation }) => operation.parameters.some(({ name }) => name === 'top'))
    .map((one) => [`${one.method} ${one.path}`, one] as const),
)('%s with a bad parameter is a documented problem', async (_, operation) => {
  const response = await call(operation, { query: '?top=0' });
  expect(response.status).toBe(400);
  expectDocumented(operation, response);
});

test('an audit that has not ended, and a second one of that check, are documented', async () => {
  const named = (name: RouteName) => operations.find(({ operation }) => operation.operationId === name);
  const [read, start, diff] = [named('audit'), named('audit-start'), named('audit-diff')];
  if (!read || !start || !diff) throw new Error('A route is missing.');
  const queued = await call(read, { auditId: audits.queued });
  expect([queued.status, JSON.parse(queued.body).state]).toEqual([200, 'queued']);
  expectDocumented(read, queued);
  for (const [operation, parts] of [
    [start, { body: { check: 'token-limit' } }],
    [diff, { auditId: audits.queued, query: `?against=${audits.first}` }],
  ] as const) {
    const refused = await call(operation, parts);
    expect(refused.status).toBe(409);
    expectDocumented(operation, refused);
  }
});

test('only health needs no key, and parameters say what they must be', () => {
  const open = operations.filter(({ operation }) => operation.security.length === 0);
  expect(open.map(({ operation }) => operation.operationId)).toEqual(['health']);
  const history = operations.find(({ operation }) => operation.operationId === 'audits');
  expect(history?.operation.parameters.find(({ name }) => name === 'top')).toEqual({
    name: 'top',
    in: 'query',
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1000, description: '50 unless given' },
  });
});
