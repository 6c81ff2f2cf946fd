import { answer } from '../../src/api/answer';
import type { RouteName } from '../../src/api/routes';
import { securityHeaders } from '../../src/api/security-headers';
import type { CheckName } from '../../src/audit/declaration';
import { anApp, type TestApp } from '../app/an-app';
import { aCheck } from '../audit/a-check';

let tested: TestApp;
afterEach(() => tested?.close());

interface Asked {
  readonly auditId?: string;
  readonly url?: string;
  readonly ifNoneMatch?: string;
}

async function get(name: RouteName, { auditId = '', url = 'https://audits.example/api/x', ifNoneMatch }: Asked = {}) {
  return answer(
    name,
    {
      method: 'GET',
      url: new URL(url),
      params: { id: 'contoso', auditId },
      body: '',
      requestId: 'invocation-1',
      ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    },
    async () => tested.app,
  );
}

async function audit(check: CheckName = 'limit-status') {
  const [report] = await tested.app.audit([{ customerId: 'contoso', check }], {
    trigger: 'cli',
    parallel: 1,
    store: true,
  });
  if (report === undefined) throw new Error('It made no report.');
  return report;
}

describe('an export', () => {
  test('is CSV in pages that link to the next one and make one file, without the key that one asked with', async () => {
    tested = await anApp();
    const reports = [await audit(), await audit('access'), await audit()];
    const address = 'https://audits.example/api/customers/contoso/audits/export?top=2&code=secret';
    const first = await get('audits-export', { url: address });
    expect(first.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="contoso-audits.csv"',
      link: expect.stringMatching(
        /^<https:\/\/audits\.example\/api\/customers\/contoso\/audits\/export\?top=2&continuationToken=[^>&]+>; rel="next"$/,
      ),
    });
    const next = /<(.*)>/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await get('audits-export', { url: next });
    expect(second.headers.link).toBeUndefined();
    const lines = `${first.body}${second.body}`.split('\r\n').map((line) => line.split(',').slice(0, 2).join(','));
    expect(lines).toEqual([
      'sequence,auditId',
      ...reports.toReversed().map(({ sequence, auditId }) => `${sequence},${auditId}`),
      '',
    ]);
  });

  test('is one report a line as NDJSON, with the filters of the history', async () => {
    tested = await anApp();
    const [first] = [await audit(), await audit('access')];
    const url = 'https://audits.example/api/customers/contoso/audits/export?format=ndjson&check=limit-status';
    const response = await get('audits-export', { url });
    expect(response.headers['content-type']).toBe('application/x-ndjson');
    expect(String(response.body)).toMatch(/^[^\n]+\n$/);
    expect(JSON.parse(String(response.body))).toEqual(first);
  });

  test('of a customer without audits names the columns only', async () => {
    tested = await anApp();
    expect((await get('audits-export')).body).toMatch(/^sequence,auditId,.*,hash,rejudgementOf,rejudgedAt\r\n$/);
  });

  test.each([`=HYPERLINK("https://evil.example")`, '+1', '-1', '@SUM(1)', '\tx'])(
    'holds no formula where a gateway answered %j',
    async (observed) => {
      const check = aCheck({
        judge: () => ({
          findings: [],
          estimate: {},
        }),
        next: () => ({ do: 'stop', because: observed }),
      });
      tested = await anApp({ checks: { 'limit-status': check } });
      await audit();
      expect((await get('audits-export')).body).toMatch(/,"?'[=+\-@\t]/);
    },
  );

  test('in a form that is not there is a bad request', async () => {
    tested = await anApp();
    const response = await get('audits-export', { url: 'https://audits.example/api/x?format=xml' });
    expect([response.status, JSON.parse(response.body).detail]).toEqual([400, expect.stringContaining('format: ')]);
  });
});

describe('a diff', () => {
  test('tells what changed between two audits of one check', async () => {
    let status = 200;
    tested = await anApp({ answer: () => ({ status }) });
    const before = await audit();
    status = 429;
    const after = await audit();
    const { auditId } = after;
    const response = await get('audit-diff', { auditId, url: `https://audits.example/?against=${before.auditId}` });
    expect([response.status, JSON.parse(response.body)]).toMatchObject([
      200,
      {
        check: 'limit-status',
        before: { auditId: before.auditId, verdict: 'pass' },
        after: { auditId: after.auditId, verdict: 'fail' },
        findings: [{ rule: 'reachable', before: { observed: '200' }, after: { observed: '429' } }],
      },
    ]);
  });

  test.each<[string, number, string]>([
    ['', 400, 'against: '],
    ['?against=0192f0c1-0000-7000-8000-000000000001', 404, '0192f0c1-0000-7000-8000-000000000001'],
    ['?against=OTHER', 400, 'only audits of one check'],
    ['?against=QUEUED', 409, 'has not ended yet'],
  ])('with %j is refused', async (query, status, detail) => {
    tested = await anApp();
    const { auditId } = await audit();
    const other = await audit('access');
    const { claimed } = await tested.app.queueAudits([{ customerId: 'contoso', check: 'access' }], 'http');
    const url = `https://audits.example/${query.replace('OTHER', other.auditId).replace('QUEUED', claimed[0]?.auditId ?? '')}`;
    const response = await get('audit-diff', { auditId, url });
    expect([response.status, JSON.parse(response.body).detail]).toEqual([status, expect.stringContaining(detail)]);
    expect(response.headers['retry-after']).toBe(status === 409 ? '5' : undefined);
  });
});

test('integrity names the head of a history that is intact', async () => {
  tested = await anApp();
  await audit();
  const { sequence, hash } = await audit();
  const { status, body } = await get('integrity');
  expect([status, JSON.parse(body)]).toEqual([200, { intact: true, audits: 2, head: { sequence, hash } }]);
});

describe('a read', () => {
  test('has an ETag, and nothing is sent again to one who has that answer', async () => {
    tested = await anApp();
    await audit();
    const first = await get('audits');
    expect(first.headers).toMatchObject({
      'cache-control': 'private, no-cache',
      etag: expect.stringMatching(/^"[\w-]{27}"$/),
    });
    const { etag = '' } = first.headers;
    for (const ifNoneMatch of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      expect(await get('audits', { ifNoneMatch })).toEqual({
        status: 304,
        headers: { ...securityHeaders, etag, 'cache-control': 'private, no-cache' },
        body: '',
      });
    }
    await audit();
    expect(await get('audits', { ifNoneMatch: etag })).toMatchObject({ status: 200 });
  });

  test('that is refused has none', async () => {
    tested = await anApp();
    const response = await get('audits', { url: 'https://audits.example/?top=0', ifNoneMatch: '*' });
    expect([response.status, response.headers.etag]).toEqual([400, undefined]);
  });
});

test('a budget that is spent says when it will be new', async () => {
  tested = await anApp({ customers: [{ maxTokensPerDay: 50 }] });
  await audit();
  const url = new URL('https://audits.example/api/customers/contoso/audits');
  const body = '{"check":"limit-status"}';
  const response = await answer(
    'audit-start',
    { method: 'POST', url, params: { id: 'contoso' }, body, requestId: 'invocation-1' },
    async () => tested.app,
  );
  expect([response.status, Number(response.headers['retry-after'])]).toEqual([429, expect.closeTo(12 * 3600, -2)]);
});
