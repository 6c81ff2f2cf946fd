const { app } = require('@azure/functions');

const echo = (name) => async (request) => ({
  jsonBody: {
    name,
    method: request.method,
    path: new URL(request.url).pathname,
    params: { ...request.params },
    query: Object.fromEntries(request.query),
    headers: Object.fromEntries([...request.headers].filter(([header]) => header.startsWith('x-'))),
    body: await request.text(),
  },
});

// Two overlapping routes: the wide one comes first by name.
app.http('Overlap-a', { route: 'overlap/{any}', methods: ['GET'], handler: echo('Overlap-a') });
app.http('overlap-B', { route: 'overlap/special', methods: ['GET', 'PUT'], handler: echo('overlap-B') });

app.http('constrained', { route: 'audits/{id:guid}/pages/{page:int:min(1)?}', handler: echo('constrained') });
app.http('default', { route: 'sorted/{by=name}', handler: echo('default') });
app.http('rest', { route: 'files/{*path}', handler: echo('rest') });
app.http('unrouted', { methods: ['GET', 'POST', 'HEAD'], handler: echo('unrouted') });
app.http('only-get', { methods: ['GET'], handler: echo('only-get') });

app.http('for-key', { authLevel: 'function', handler: echo('for-key') });
app.http('for-admin', { authLevel: 'admin', handler: echo('for-admin') });

// Refused one by one, without harm to the others.
app.http('administrators', { handler: echo('administrators') });
app.http('runtime-route', { route: 'runtime/x', handler: echo('runtime-route') });
app.http('same-a', { route: 'same', methods: ['GET'], handler: echo('same-a') });
app.http('same-b', { route: 'Same', methods: ['GET', 'POST'], handler: echo('same-b') });
app.http('9lives', { handler: echo('9lives') });
app.http('odd-constraint', { route: 'odd/{x:prime}', handler: echo('odd-constraint') });
app.storageBlob('blob', { path: 'a/b', connection: 'X', handler: () => undefined });
app.timer('missing-setting', { schedule: '%NOT_THERE%', handler: () => undefined });
app.timer('every-seventh-day', { schedule: '0 0 0 * * 7', handler: () => undefined });

app.http('nothing', { handler: () => undefined });
app.http('null', { handler: () => null });
app.http('throws', {
  handler: () => {
    throw new Error('the reason');
  },
});
app.http('text', { handler: () => 'a plain string' });
app.http('created', {
  handler: () => ({
    status: 201,
    headers: { 'x-own': 'yes', 'set-cookie': 'raw=1' },
    cookies: [{ name: 'own', value: 'a b', path: '/', httpOnly: true, maxAge: 60, sameSite: 'None', secure: true }],
    body: 'made',
  }),
});
app.http('empty-204', { handler: () => ({ status: 204, body: 'dropped' }) });
app.http('bad-status', { handler: () => ({ status: 1234 }) });
app.http('bytes', { handler: () => ({ body: new Uint8Array([0, 255, 128]) }) });
