import { answer } from '../../src/api/answer';
import type { ApiResponse } from '../../src/api/api-message';
import type { RouteName } from '../../src/api/routes';
import { securityHeaders } from '../../src/api/security-headers';
import { AuditorError } from '../../src/auditor-error';
import { anApp, type TestApp } from '../app/an-app';

const anyId = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const noSuchAudit = '0192f0c1-0000-7000-8000-000000000001';

let tested: TestApp;
afterEach(() => tested?.close());

interface Call {
  readonly id?: string;
  readonly auditId?: string;
  readonly query?: string;
  readonly body?: unknown;
}

async function call(name: RouteName, { id = 'contoso', auditId = '', query = '', body }: Call = {}) {
  const response = await answer(
    name,
    {
      method: body === undefined ? 'GET' : 'POST',
      url: new URL(`https://audits.example/api/customers/${id}/audits${query}`),
      params: { id, auditId },
      body: typeof body === 'string' ? body : JSON.stringify(body ?? ''),
      requestId: 'invocation-1',
    },
    async () => tested.app,
  );
  return { ...response, body: JSON.parse(response.body) };
}

const audited = (check = 'limit-status', id = 'contoso') => call('audit-start', { id, body: { check } });

async function auditInProcess(check: 'limit-status' | 'access' | 'token-limit' = 'limit-status') {
  const [report] = await tested.app.audit([{ customerId: 'contoso', check }], {
    trigger: 'cli',
    parallel: 1,
    store: true,
  });
  return report;
}

const problem = (status: number, code: string, detail: string) => ({
  status,
  headers: expect.objectContaining({ 'content-type': 'application/problem+json' }),
  body: expect.objectContaining({ type: 'about:blank', status, code, detail: expect.stringContaining(detail) }),
});

describe('health', () => {
  test('is ok while storage answers', async () => {
    tested = await anApp();
    expect(await call('health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  test('names the part that fails, and tells nothing else', async () => {
    tested = await anApp();
    const fault = new AuditorError('config-invalid', 'The configuration secret/path.json has 1 problem.');
    const response = await answer(
      'health',
      { method: 'GET', url: new URL('https://audits.example/api/health'), params: {}, body: '', requestId: 'i' },
      async () => {
        throw fault;
      },
    );
    expect(response).toEqual({
      status: 503,
      headers: expect.anything(),
      body: '{"status":"failing","failing":"configuration"}',
      fault,
    });
  });
});

describe('limit status', () => {
  test('is what the configuration says as long as nothing was audited', async () => {
    tested = await anApp();
    expect(await call('limits')).toMatchObject({
      status: 200,
      body: {
        customerId: 'contoso',
        gatewayId: 'main',
        declared: { tokensPerMinute: 100 },
        observed: null,
        throttled: null,
        verdicts: {},
        spentToday: 0,
        maxTokensPerDay: 2000,
      },
    });
  });

  test('tells after an audit what it saw, decided and spent', async () => {
    tested = await anApp({ answer: () => ({ remainingTokens: 80, consumedTokens: 20 }) });
    const report = await auditInProcess();
    const { body } = await call('limits');
    expect(body).toEqual({
      customerId: 'contoso',
      gatewayId: 'main',
      declared: { tokensPerMinute: 100 },
      observed: { remainingTokens: 80, consumedTokens: 20, at: report?.finishedAt },
      throttled: null,
      verdicts: {
        'limit-status': {
          verdict: 'pass',
          auditId: report?.auditId,
          sequence: 1,
          finishedAt: report?.finishedAt,
          stale: false,
        },
      },
      spentToday: 20,
      maxTokensPerDay: 2000,
    });
  });

  test('of all customers comes page by page, in the order of their ids', async () => {
    tested = await anApp({ customers: [{ id: 'b' }, { id: 'c' }, { id: 'a' }] });
    const first = await call('customers', { query: '?top=2' });
    const { continuationToken } = first.body;
    const second = await call('customers', { query: `?top=2&continuationToken=${continuationToken}` });
    const ids = ({ body }: { body: { customers: { customerId: string }[] } }) =>
      body.customers.map((c) => c.customerId);
    expect([ids(first), ids(second), second.body.continuationToken]).toEqual([['a', 'b'], ['c'], null]);
  });

  test('is looked at anew with one probe', async () => {
    tested = await anApp({ answer: () => ({ remainingTokens: 40, consumedTokens: 20 }) });
    const { status, body } = await call('limits-refresh', { body: '' });
    expect([status, body.refreshed, body.observed, body.spentToday, tested.orders.length]).toEqual([
      200,
      true,
      { remainingTokens: 40, consumedTokens: 20, at: '2026-01-05T12:00:00.100Z' },
      20,
      1,
    ]);
  });

  test('is left as it is while an audit runs on that counter, whoever shares it', async () => {
    tested = await anApp({ customers: [{ counter: 'shared' }, { id: 'fabrikam', counter: 'shared' }] });
    const nowMs = tested.app.clock.nowMs();
    await tested.app.health();
    await tested.storage.leases.take(['counter shared'], 'a worker', { nowMs, untilMs: nowMs + 60_000 });
    const { body } = await call('limits-refresh', { body: '' });
    expect([body.refreshed, tested.orders.length]).toEqual([false, 0]);
  });
});

describe('starting an audit', () => {
  test('queues it, and says where it will be found', async () => {
    tested = await anApp();
    const started = await audited();
    expect(started).toEqual({
      status: 202,
      headers: {
        ...securityHeaders,
        'content-type': 'application/json',
        'cache-control': 'no-store',
        location: `https://audits.example/api/customers/contoso/audits/${started.body.auditId}`,
        'retry-after': '5',
      },
      body: {
        auditId: anyId,
        customerId: 'contoso',
        check: 'limit-status',
        trigger: 'http',
        scheduledAt: '2026-01-05T12:00:00.000Z',
        state: 'queued',
      },
    });
    const read = await call('audit', { auditId: started.body.auditId });
    expect(read).toMatchObject({ status: 200, body: { ...started.body, gatewayId: 'main', exchanges: [] } });
  });

  test('is refused with the address of the one that is queued already', async () => {
    tested = await anApp();
    const { headers } = await audited();
    const second = await audited();
    expect(second).toEqual(problem(409, 'conflict', 'limit-status of customer contoso is queued already'));
    expect(second.headers.location).toBe(headers.location);
    expect(await audited('access')).toMatchObject({ status: 202 });
  });

  test.each([
    ['an unknown check', { check: 'speed' }, 'check: '],
    ['a check that is not there yet', { check: 'usage' }, 'check: usage is not yet in use'],
    ['no check', {}, 'check: '],
    ['more than a check', { check: 'access', force: true }, 'force'],
    ['no JSON', 'check=access', 'no JSON'],
  ])('is a bad request with %s', async (_, body, detail) => {
    tested = await anApp();
    expect(await call('audit-start', { body })).toEqual(problem(400, 'bad-request', detail));
  });

  test("is refused where what is left of today's budget does not pay for it", async () => {
    tested = await anApp({ customers: [{ maxTokensPerDay: 50 }] });
    await auditInProcess();
    expect(await audited()).toEqual(problem(429, 'budget-spent', '30 more tokens'));
  });
});

describe('the history', () => {
  test('is listed newest first, filtered and page by page', async () => {
    tested = await anApp();
    const first = await auditInProcess();
    await tested.pass(60_000);
    const second = await auditInProcess('access');
    const { body } = await call('audits', { query: '?top=1' });
    expect(body).toEqual({ audits: [second], continuationToken: expect.any(String) });
    const rest = await call('audits', {
      query: `?top=1&continuationToken=${encodeURIComponent(body.continuationToken)}`,
    });
    expect(rest.body.audits).toEqual([first]);
    const filtered = await call('audits', { query: '?check=limit-status&verdict=pass&from=2026-01-05&to=2026-01-05' });
    expect(filtered.body.audits).toEqual([first]);
    const late = await call('audits', { query: '?from=2026-01-06' });
    expect(late.body.audits).toEqual([]);
  });

  test.each([
    ['check', 'speed'],
    ['verdict', 'ok'],
    ['from', 'yesterday'],
    ['to', '2026-13-01'],
    ['top', '0'],
    ['top', '1001'],
    ['top', 'all'],
    ['continuationToken', 'made-up'],
  ])('refuses the parameter %s=%s by its name', async (name, value) => {
    tested = await anApp();
    const response = await call('audits', { query: `?${name}=${value}` });
    expect(response).toEqual(problem(400, 'bad-request', name === 'continuationToken' ? '' : `${name}: `));
  });

  test('shows one audit with its evidence', async () => {
    tested = await anApp();
    const report = await auditInProcess();
    const { body } = await call('audit', { auditId: report?.auditId.toUpperCase() ?? '' });
    expect(body).toEqual({
      ...report,
      exchanges: [expect.objectContaining({ probe: 1, status: 200 })],
      priorCharges: [],
      ledgerSinceMs: 0,
    });
  });
});

test.each<[RouteName, Call]>([
  ['limits', {}],
  ['limits-refresh', { body: '' }],
  ['audits', {}],
  ['audit', { auditId: noSuchAudit }],
  ['audit-start', { body: { check: 'access' } }],
])('an unknown customer is a 404 of %s', async (name, parts) => {
  tested = await anApp();
  expect(await call(name, { ...parts, id: 'nobody' })).toEqual(problem(404, 'not-found', 'nobody'));
});

test('an unknown audit is a 404', async () => {
  tested = await anApp();
  expect(await call('audit', { auditId: noSuchAudit })).toEqual(problem(404, 'not-found', noSuchAudit));
});

describe('trouble of ours', () => {
  async function failing(fault: unknown): Promise<ApiResponse> {
    const url = new URL('https://audits.example/api/customers');
    return answer('customers', { method: 'GET', url, params: {}, body: '', requestId: 'invocation-1' }, () => {
      throw fault;
    });
  }

  test.each([
    ['any error', new TypeError('secret is undefined'), 500, 'internal-error'],
    ['storage that is down', new AuditorError('storage-unavailable', 'https://secret.example'), 500, 'internal-error'],
    ['a configuration that is wrong', new AuditorError('config-invalid', 'secret'), 503, 'configuration'],
  ])('%s is answered with an id that the log knows, and nothing else', async (_, fault, status, code) => {
    const response = await failing(fault);
    expect({ ...response, body: JSON.parse(response.body) }).toEqual({
      status,
      headers: { ...securityHeaders, 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      body: { type: 'about:blank', title: expect.any(String), status, code, id: 'invocation-1' },
      fault,
    });
  });
});
