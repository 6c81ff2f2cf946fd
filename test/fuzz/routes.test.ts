import * as fc from 'fast-check';
import { matchRoute, parseRoute } from '../../local/http/route-template';
import { toHistoryToken } from '../../src/adapters/storage/history-token';
import { answer } from '../../src/api/answer';
import type { ApiResponse } from '../../src/api/api-message';
import { type Route, type RouteName, routes } from '../../src/api/routes';
import { answerDashboard } from '../../src/app/dashboard';
import { anApp, type TestApp } from '../app/an-app';
import { hostileJson, hostileText, inputs, prototypes } from './hostile-text';

/** Requests that nobody should send, to every route, as the host routes them and as no host would. */
const customers = [{}, { id: 'constructor' }, { id: 'toString' }];
const longestAnswerMs = 5000;
const named = Object.entries(routes) as [RouteName, Route][];
const templates = new Map(named.map(([name, { path }]) => [name, parseRoute(path)]));

let tested: TestApp;
/** Ids and tokens that are right, of one customer and of another. */
let known: readonly string[] = [];

beforeAll(async () => {
  tested = await anApp({ customers });
  const wanted = ['contoso', 'constructor'].flatMap((customerId) =>
    (['limit-status', 'access', 'token-limit'] as const).map((check) => ({ customerId, check })),
  );
  const reports = await tested.app.audit(wanted, { trigger: 'cli', parallel: 1, store: true });
  const pages = await Promise.all(['contoso', 'constructor'].map((id) => tested.app.history(id, { top: 1 })));
  const places = [
    '{"nextPartitionKey":"constructor","nextRowKey":"head"}',
    '{"nextPartitionKey":"1!0!"}',
    '{',
    'null',
    '',
  ];
  const tableTokens = ['x', ...places.map((place) => Buffer.from(place).toString('base64'))];
  known = [
    ...reports.map(({ auditId }) => auditId),
    ...pages.map(({ continuationToken }) => continuationToken ?? ''),
    ...tableTokens.map((token) => toHistoryToken(token, { customerId: 'contoso' })),
  ];
});

afterAll(() => tested.close());

const customerId = fc.oneof(fc.constantFrom('contoso', 'constructor', 'toString', 'CONTOSO'), hostileText);
const text = () => fc.oneof(hostileText, fc.constantFrom(...known));
const parameterNames = ['top', 'from', 'to', 'check', 'verdict', 'format', 'against', 'continuationToken', 'code'];
const aQuery = () =>
  fc.array(
    fc.tuple(
      fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...parameterNames) }, { weight: 1, arbitrary: hostileText }),
      fc.oneof(
        text(),
        fc.constantFrom(
          'csv',
          'ndjson',
          'access',
          'limit-status',
          'pass',
          '1',
          '2',
          '2026-01-05',
          '2026-01-05T12:00:00Z',
        ),
      ),
    ),
    { maxLength: 4 },
  );

const validBody = fc.constantFrom('{"check":"access"}', '{"check":"token-limit"}', '{"check":"config-drift"}');

const aRequest = () =>
  fc.record({
    name: fc.constantFrom(...named.map(([name]) => name)),
    isRouted: fc.boolean(),
    id: customerId,
    auditId: text(),
    query: aQuery(),
    body: fc.oneof({ weight: 4, arbitrary: hostileJson }, { weight: 1, arbitrary: validBody }),
    ifNoneMatch: fc.option(hostileText, { nil: undefined }),
  });

type FuzzRequest = ReturnType<typeof aRequest> extends fc.Arbitrary<infer Value> ? Value : never;

async function send({
  name,
  isRouted,
  id,
  auditId,
  query,
  body,
  ifNoneMatch,
}: FuzzRequest): Promise<ApiResponse | null> {
  const route = routes[name];
  const path = route.path.replace('{id}', encode(id)).replace('{auditId:guid}', encode(auditId));
  const url = new URL(`https://audits.example/api/${path}`);
  for (const [key, value] of query) url.searchParams.append(key, value);
  const template = templates.get(name) ?? [];
  const routed = matchRoute(template, url.pathname.replace('/api/', ''));
  if (isRouted && routed === null) return null;
  return answer(
    name,
    {
      method: route.method,
      url,
      params: isRouted && routed !== null ? routed : { id, auditId },
      body: route.method === 'POST' ? body : '',
      requestId: 'fuzz',
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    },
    async () => tested.app,
  );
}

/** As a caller would; what cannot be encoded is sent as it is. */
function encode(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    // Half a character.
    return value;
  }
}

/** Whose audits an answer holds. */
function customersIn(body: string): readonly string[] {
  return [...body.matchAll(/"customerId":"([^"]*)"/g)].map(([, id]) => id ?? '');
}

test(
  `${inputs} hostile requests to every route: no 500, no other customer's data, nobody waits`,
  async () => {
    const statuses = new Map<number, number>();
    const before = prototypes();
    await fc.assert(
      fc.asyncProperty(aRequest(), async (request) => {
        const beganMs = performance.now();
        const response = await send(request);
        expect(performance.now() - beganMs).toBeLessThan(longestAnswerMs);
        if (response === null) return;
        const { status, headers, body, fault } = response;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        expect({ status, fault: String(fault) }).toEqual({ status, fault: 'undefined' });
        expect(status).toBeLessThan(500);
        if (status >= 400) {
          expect(headers['content-type']).toBe('application/problem+json');
          expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status, code: expect.any(String) });
        }
        expect(Object.values(headers).filter((value) => /[\r\n\0]/.test(value))).toEqual([]);
        const isOfOne = status === 200 && routes[request.name].path.startsWith('customers/');
        if (isOfOne) expect(customersIn(body).filter((id) => id !== request.id)).toEqual([]);
      }),
      { numRuns: inputs, verbose: 1 },
    );
    if (process.env.FUZZ_INPUTS !== undefined) {
      process.stderr.write(`answers by status: ${JSON.stringify(Object.fromEntries(statuses))}\n`);
    }
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 404]));
    expect(prototypes()).toEqual(before);
  },
  60_000 + inputs * 100,
);

test('no hostile path is a file of the page', () => {
  fc.assert(
    fc.property(hostileText, (file) => {
      const url = new URL('https://audits.example/api/dashboard');
      const { status } = answerDashboard({ method: 'GET', url, params: { file }, body: '', requestId: 'fuzz' });
      expect([200, 308, 404]).toContain(status);
      expect(status === 200).toBe(file === '');
    }),
    { numRuns: inputs },
  );
});
