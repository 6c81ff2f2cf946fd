import { request as httpRequest } from 'node:http';
import { type SampleHost, sampleKey, startSampleHost, stopSampleHosts, until } from './sample-host';

let host: SampleHost;
beforeAll(async () => {
  host = await startSampleHost({ app: 'http.js' });
});
afterAll(stopSampleHosts);

const id = '0192f0c1-1111-7222-8333-444455556666';

async function echoed(path: string, init?: RequestInit): Promise<Record<string, unknown>> {
  const response = await host.request(path, init);
  return response.status === 200
    ? ((await response.json()) as Record<string, unknown>)
    : { status: response.status, body: await response.text() };
}

test('the first function in name order that fits wins, and case does not matter in names', async () => {
  expect((await echoed('/api/overlap/special')).name).toBe('Overlap-a');
});

test('a function that fits the path but not the method is passed over', async () => {
  expect((await echoed('/api/overlap/special', { method: 'PUT' })).name).toBe('overlap-B');
});

test.each([
  ['an unknown path', 'GET', '/api/nowhere'],
  ['a path without the prefix', 'GET', '/only-get'],
  ['a wrong method', 'POST', '/api/only-get'],
  ['HEAD where only GET is declared', 'HEAD', '/api/only-get'],
  ['a segment too many', 'GET', '/api/only-get/more'],
  ['an unmet guid constraint', 'GET', '/api/audits/12/pages/1'],
  ['an unmet int constraint', 'GET', `/api/audits/${id}/pages/one`],
  ['an unmet min constraint', 'GET', `/api/audits/${id}/pages/0`],
  ['an empty parameter', 'GET', '/api/overlap//'],
])('%s is a 404 with an empty body', async (_, method, path) => {
  expect(await echoed(path, { method })).toEqual({ status: 404, body: '' });
});

test.each([
  [`/api/audits/${id}/pages/7`, 'constrained', { id, page: '7' }],
  [`/api/AUDITS/${id.toUpperCase()}/Pages`, 'constrained', { id: id.toUpperCase() }],
  [`/api/audits/${id}/pages/`, 'constrained', { id }],
  ['/api/sorted', 'default', { by: 'name' }],
  ['/api/sorted/date', 'default', { by: 'date' }],
  ['/api/files', 'rest', {}],
  ['/api/files/a/b%20c', 'rest', { path: 'a/b c' }],
  ['/api/overlap/a%20%C3%BC%2Fb', 'Overlap-a', { any: 'a ü%2Fb' }],
  ['/api/overlap/100%', 'Overlap-a', { any: '100%' }],
  ['/api/Unrouted', 'unrouted', {}],
])('%s is for %s with %o', async (path, name, params) => {
  expect(await echoed(path)).toMatchObject({ name, params });
});

test('headers and query keys that come twice are joined by a comma', async () => {
  const answer = await new Promise<string>((resolve) => {
    const headers = { 'X-Twice': ['1', '2'], 'X-Once': 'A' };
    httpRequest(`${host.address}/api/unrouted?a=1&b=x%20y&a=2`, { headers }, (incoming) => {
      incoming.setEncoding('utf8').once('data', resolve);
    }).end();
  });
  expect(JSON.parse(answer)).toMatchObject({
    query: { a: '1,2', b: 'x y' },
    headers: { 'x-twice': '1,2', 'x-once': 'A' },
  });
});

test('a body with a length is handed over', async () => {
  expect((await echoed('/api/unrouted', { method: 'POST', body: 'héllo' })).body).toBe('héllo');
});

test('a chunked body without a length is not', async () => {
  const body = new Blob(['lost']).stream();
  const init: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
  expect(await echoed('/api/unrouted', init)).toMatchObject({ method: 'POST', body: '' });
});

test('a body over 100 MiB is a 413, told by its length alone', async () => {
  const status = await new Promise((resolve) => {
    const headers = { 'content-length': 104_857_601 };
    const sending = httpRequest(`${host.address}/api/unrouted`, { method: 'POST', headers }, (incoming) => {
      resolve(incoming.statusCode);
      sending.destroy();
    });
    sending.on('error', () => undefined);
    sending.flushHeaders();
  });
  expect(status).toBe(413);
});

test.each([
  ['nothing', 204],
  ['null', 204],
  ['empty-204', 204],
  ['throws', 500],
  ['text', 500],
  ['bad-status', 500],
])('a handler that returns or does "%s" is answered %d with an empty body', async (name, status) => {
  expect(await echoed(`/api/${name}`)).toEqual({ status, body: '' });
});

test('why a handler failed stands in the log, not in the answer', async () => {
  await host.request('/api/throws');
  const failure = await until(() =>
    host.entries.find(({ function: name, level }) => name === 'throws' && level === 'error'),
  );
  expect(failure).toMatchObject({
    level: 'error',
    category: 'Function.throws',
    invocationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    message: expect.stringContaining('Error: the reason'),
  });
});

test('status, headers, raw and own cookies and a text body arrive', async () => {
  const response = await host.request('/api/created');
  expect({
    status: response.status,
    own: response.headers.get('x-own'),
    type: response.headers.get('content-type'),
    length: response.headers.get('content-length'),
    cookies: response.headers.getSetCookie(),
    body: await response.text(),
  }).toEqual({
    status: 201,
    own: 'yes',
    type: 'text/plain;charset=UTF-8',
    length: '4',
    cookies: ['raw=1', 'own=a%20b; max-age=60; path=/; secure; samesite=none; httponly'],
    body: 'made',
  });
});

test('bytes arrive unchanged', async () => {
  expect(await (await host.request('/api/bytes')).bytes()).toEqual(new Uint8Array([0, 255, 128]));
});

test.each([
  ['no key', 401, '', undefined],
  ['a wrong key', 401, '?code=wrong', 'wrong too'],
  ['the key in the query', 200, `?code=${sampleKey}`, undefined],
  ['the key in the header', 200, '', sampleKey],
])('functions of level function and admin answer a request with %s by %d', async (_, status, query, key) => {
  const headers: Record<string, string> = key === undefined ? {} : { 'x-functions-key': key };
  for (const name of ['for-key', 'for-admin']) {
    expect((await host.request(`/api/${name}${query}`, { headers })).status).toBe(status);
  }
});

test('faulty functions are left out, each with its reason, and the others run', () => {
  expect(Object.fromEntries(host.index.errors.map(({ name, message }) => [name, message]))).toEqual({
    '9lives': '"9lives" is no function name.',
    administrators: 'route "administrators" conflicts with the host\'s own routes.',
    blob: 'the local host runs http, timer and queue triggers, not "blobTrigger".',
    'every-seventh-day': expect.stringContaining('Schedule "0 0 0 * * 7" can not be used'),
    'missing-setting': '"%NOT_THERE%" names no app setting; set NOT_THERE.',
    'odd-constraint': 'Route "api/odd/{x:prime}" can not be used: "prime" is no known constraint.',
    'runtime-route': 'route "runtime/x" conflicts with the host\'s own routes.',
    'same-b': 'Its route is that of function "same-a".',
  });
});

test('the route prefix of host.json may be empty', async () => {
  const bare = await startSampleHost({
    app: 'http.js',
    hostJson: { extensions: { http: { routePrefix: '' } } },
    settings: { 'AzureWebJobs.text.Disabled': 'true' },
  });
  expect((await bare.request('/only-get')).status).toBe(200);
  expect((await bare.request('/api/only-get')).status).toBe(404);
  expect((await bare.request('/text')).status).toBe(404);
});
