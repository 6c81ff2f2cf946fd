import { dashboardResponse } from '../../src/api/dashboard-response';
import { answerDashboard } from '../../src/app/dashboard';

function get(path: string, more: { readonly ifNoneMatch?: string } = {}) {
  const file = path.replace(/^\/api\/dashboard\/?/, '').replace(/\?.*/, '');
  const params: Record<string, string> = file === '' ? {} : { file };
  const url = new URL(path, 'http://127.0.0.1');
  return { method: 'GET', url, params, body: '', requestId: 'test', ...more };
}

const readFile = (name: string) => `text of ${name}`;

test.each([
  ['/api/dashboard', 'text/html; charset=utf-8', 'index.html'],
  ['/api/dashboard/main.js', 'text/javascript; charset=utf-8', 'main.js'],
  ['/api/dashboard/style.css', 'text/css; charset=utf-8', 'style.css'],
  ['/api/dashboard/icon.svg', 'image/svg+xml', 'icon.svg'],
])('%s is served as %s', (path, type, name) => {
  const { status, headers, body } = dashboardResponse(get(path), readFile);
  expect([status, headers['content-type'], body]).toEqual([200, type, `text of ${name}`]);
});

test.each(['/api/dashboard', '/api/dashboard/', '/api/dashboard/main.js', '/api/dashboard/nothing'])(
  '%s allows nothing inline and nothing from elsewhere',
  (path) => {
    const { headers } = dashboardResponse(get(path), readFile);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  },
);

test.each(['constructor', '__proto__', '../package.json', 'index.html', 'main.js/'])('there is no file %s', (file) => {
  const request = { ...get('/api/dashboard'), params: { file } };
  expect(dashboardResponse(request, readFile).status).toBe(404);
});

test('with a slash at its end the address is sent to the one without, where the page finds its files', () => {
  const { status, headers } = dashboardResponse(get('/api/dashboard/?x=1'), readFile);
  expect([status, headers.location]).toEqual([308, '../dashboard?x=1']);
});

test('who has the file already gets no second copy', () => {
  const first = dashboardResponse(get('/api/dashboard/main.js'), readFile);
  const again = dashboardResponse(get('/api/dashboard/main.js', { ifNoneMatch: first.headers.etag ?? '' }), readFile);
  expect([again.status, again.body]).toEqual([304, '']);
});

test.each(['/api/dashboard', '/api/dashboard/', '/api/dashboard/main.js', '/api/dashboard/nothing'])(
  'HEAD of %s is answered like GET; that its body is not sent is the host’s affair',
  (path) => {
    expect(dashboardResponse({ ...get(path), method: 'HEAD' }, readFile)).toEqual(
      dashboardResponse(get(path), readFile),
    );
  },
);

test('the built page names no file and no style that its policy would block', () => {
  const { status, body } = answerDashboard(get('/api/dashboard'));
  expect(status).toBe(200);
  expect(body).not.toMatch(/<style|\sstyle=|\son\w+=|https?:/);
});
