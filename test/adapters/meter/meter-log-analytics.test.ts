import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { resolve } from 'node:path';
import { openLogAnalyticsMeter } from '../../../src/adapters/meter/meter-log-analytics';
import type { Meter } from '../../../src/audit/declaration';
import { virtualClock } from '../../virtual-clock';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../local-server';

/* The real client over HTTPS (it shows its token nowhere else), against a server that answers as the Log Analytics API documents it. */

const nowMs = Date.UTC(2026, 0, 5, 13);
const window = { fromMs: Date.UTC(2026, 0, 5, 12), toMs: Date.UTC(2026, 0, 5, 12, 5) };
const asked = { askedMs: nowMs, ...window };
const minuteMs = Date.UTC(2026, 0, 5, 12, 1);
const minute = new Date(minuteMs).toISOString();

const fixture = (name: string) => readFileSync(resolve(__dirname, '../../fixtures', name), 'utf8');
const certificate = fixture('test-only-certificate.pem');
const key = fixture('test-only-key.pem');

let server: LocalServer;
afterEach(() => server.close());

type LogAnalytics = Extract<Meter, { readonly kind: 'log-analytics' }>;

async function read(answerTo: (request: ReceivedRequest) => Answer, declared: Partial<LogAnalytics> = {}) {
  server = await startServer(answerTo, (listener) => createServer({ cert: certificate, key }, listener));
  const meter: LogAnalytics = {
    kind: 'log-analytics',
    workspaceId: '11111111-2222-3333-4444-555555555555',
    source: 'AppMetrics',
    dimension: 'Subscription ID',
    settleAfter: 'PT30M',
    ...declared,
  };
  return openLogAnalyticsMeter({
    meter,
    clock: virtualClock(nowMs),
    credential: { getToken: async () => ({ token: 'an-entra-token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    client: {
      endpoint: `https://localhost:${server.port}/v1`,
      retryOptions: { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 5 },
      tlsOptions: { ca: certificate },
    },
  })(window);
}

const metricColumns = [
  { name: 'subscription', type: 'string' },
  { name: 'minute', type: 'datetime' },
  { name: 'promptTokens', type: 'real' },
  { name: 'completionTokens', type: 'real' },
  { name: 'totalTokens', type: 'real' },
  { name: 'requests', type: 'long' },
];
const table = (rows: readonly unknown[], columns: readonly object[] = metricColumns) => ({
  tables: [{ name: 'PrimaryResult', columns, rows }],
});

function sent(): { readonly path: string; readonly query: string; readonly timespan: string } {
  const { url = '', body = '{}' } = server.requests[0] ?? {};
  return { path: url, ...(JSON.parse(body) as { readonly query: string; readonly timespan: string }) };
}

test('metrics become a row for each subscription and minute', async () => {
  const reading = await read(() => ({
    body: table([
      ['contoso', minute, 30, 10, 40, 2],
      ['', minute, 5, 1, 6, 1],
    ]),
  }));
  expect(reading).toEqual({
    ...asked,
    state: 'complete',
    because: null,
    rows: [
      { subscriptionId: 'contoso', requests: 2, promptTokens: 30, completionTokens: 10, totalTokens: 40, minuteMs },
      { subscriptionId: '', requests: 1, promptTokens: 5, completionTokens: 1, totalTokens: 6, minuteMs },
    ],
  });
});

test('asks the workspace, as the identity, for the window and nothing of the configuration outside of literals', async () => {
  await read(() => ({ body: table([]) }), { dimension: 'x" or true // \\' });
  expect({ ...sent(), headers: server.requests[0]?.headers }).toMatchObject({
    path: '/v1/workspaces/11111111-2222-3333-4444-555555555555/query',
    timespan: '2026-01-05T12:00:00.000Z/2026-01-05T12:05:00.000Z',
    headers: { authorization: 'Bearer an-entra-token', prefer: 'wait=60' },
  });
  expect(sent().query.split('\n').slice(0, 4)).toEqual([
    'let beginning = datetime(2026-01-05T12:00:00.000Z);',
    'let ending = datetime(2026-01-05T12:05:00.000Z);',
    'let dimension = "x\\u0022 or true // \\u005c";',
    'AppMetrics',
  ]);
});

test('customMetrics of an Application Insights resource are asked of that resource', async () => {
  const workspaceId = '/subscriptions/s/resourceGroups/g/providers/microsoft.insights/components/apim';
  await read(() => ({ body: table([]) }), { source: 'customMetrics', workspaceId });
  expect([decodeURIComponent(sent().path), sent().query.split('\n')[3]]).toEqual([
    `/v1${workspaceId}/query`,
    'customMetrics',
  ]);
});

describe('the log of calls', () => {
  const columns = [
    ...metricColumns,
    { name: 'correlationId', type: 'string' },
    { name: 'requestId', type: 'string' },
    { name: 'isCallerLogged', type: 'bool' },
  ];

  test('names the calls, each once', async () => {
    const rows = [['contoso', minute, 30, 10, 40, 1, 'c-1', 'r-1', true]];
    const reading = await read(() => ({ body: table(rows, columns) }), { source: 'llmLog' });
    expect(reading.rows).toEqual([
      {
        subscriptionId: 'contoso',
        requests: 1,
        promptTokens: 30,
        completionTokens: 10,
        totalTokens: 40,
        minuteMs,
        callIds: ['c-1', 'r-1'],
      },
    ]);
    expect(sent().query).toMatch(/isnotempty\(DeploymentName\)\n.*by CorrelationId\n\| join kind=leftouter callers/s);
  });

  test('is incomplete while the caller of a call is not logged', async () => {
    const rows = [
      ['contoso', minute, 30, 10, 40, 1, 'c-1', 'r-1', true],
      [null, minute, 30, 10, 40, 1, 'c-2', 'r-2', false],
    ];
    const reading = await read(() => ({ body: table(rows, columns) }), { source: 'llmLog' });
    expect(reading).toEqual({
      ...asked,
      state: 'partial',
      because: 'Azure Monitor answered without the callers of all calls',
      rows: [],
    });
  });
});

const rows = [['contoso', minute, 30, 10, 40, 2]];
const error = { code: 'PartialError', message: 'There were some errors when processing your query.' };
const unusable: readonly (readonly [string, Answer, object])[] = [
  [
    'a part of the rows',
    { body: { ...table(rows), error } },
    { state: 'partial', because: 'Azure Monitor answered with a part of the rows only' },
  ],
  [
    'other columns',
    { body: table(rows, [{ name: 'total', type: 'long' }]) },
    { state: 'partial', because: 'Azure Monitor answered without the columns asked for' },
  ],
  [
    'no table',
    { body: { tables: [] } },
    { state: 'partial', because: 'Azure Monitor answered without the columns asked for' },
  ],
  [
    'a bad query',
    { status: 400, body: { error: { code: 'BadArgumentError', message: 'no such table' } } },
    { state: 'trouble', because: 'Azure Monitor refused the query (status 400)' },
  ],
  [
    'no permission',
    { status: 403, body: { error: { code: 'InsufficientAccessError', message: 'no' } } },
    {
      state: 'trouble',
      because: 'Azure Monitor refused the identity (403); give it Log Analytics Reader on the workspace',
    },
  ],
  [
    'throttling that goes on',
    { status: 429, headers: { 'retry-after-ms': '1' }, body: { error: { code: 'ThrottledError', message: 'slow' } } },
    { state: 'trouble', because: 'Azure Monitor is throttling queries (429)' },
  ],
  ['a page', { body: '<html>' }, { state: 'trouble' }],
];

test.each(unusable)('%s never becomes rows', async (_, answer, expected) => {
  expect(await read(() => answer)).toMatchObject({ ...asked, rows: [], ...expected });
});

test('a throttled query is asked again', async () => {
  let times = 0;
  const reading = await read(() => {
    times += 1;
    return times === 1 ? { status: 429, headers: { 'retry-after-ms': '1' } } : { body: table(rows) };
  });
  expect([reading.state, times]).toEqual(['complete', 2]);
});
