import { type GatewayOptions, openGateway } from '../../src/adapters/gateway-http';
import type { GatewayDeclaration } from '../../src/audit/declaration';
import type { AuditorError } from '../../src/auditor-error';
import type { Exchange, ProbeRequest } from '../../src/probe/exchange';
import { makePrompt } from '../../src/probe/prompt';
import { aGateway } from '../audit/a-declaration';
import { anOrder, canaryKey, lookCountingClock } from './a-probe';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from './local-server';

const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
const chatAnswer = { choices: [{ index: 0 }], usage };
const expectedPrompt = makePrompt(20, '0192f0c1-0000-7000-8000-000000000001/1');

let server: LocalServer;
let answerTo: (request: ReceivedRequest) => Answer;

beforeAll(async () => {
  server = await startServer((request) => answerTo(request));
});

beforeEach(() => {
  answerTo = () => ({ body: chatAnswer });
});

afterAll(() => server.close());

function open(declared: Partial<GatewayDeclaration> = {}, options: Partial<GatewayOptions> = {}) {
  return openGateway({
    declared: aGateway({ endpoint: `http://127.0.0.1:${server.port}/aoai/`, ...declared }),
    auditedCustomerId: 'contoso',
    keyOf: (customerId) => (customerId === 'contoso' ? canaryKey : `key-of-${customerId}`),
    version: '1.2.3',
    clock: lookCountingClock(),
    ...options,
  });
}

async function ask(
  request: Partial<ProbeRequest> = {},
  declared: Partial<GatewayDeclaration> = {},
  options: Partial<GatewayOptions> = {},
): Promise<{ readonly exchange: Exchange; readonly received: ReceivedRequest }> {
  const gateway = open(declared, options);
  const exchange = await gateway.send(anOrder(request));
  await gateway.close();
  const received = server.requests.at(-1);
  if (received === undefined) throw new Error('Nothing was sent.');
  return { exchange, received };
}

describe('what is sent', () => {
  test('a chat probe by deployment, saying what it is', async () => {
    const { received } = await ask();
    expect({ ...received, body: JSON.parse(received.body) }).toEqual({
      method: 'POST',
      url: '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      headers: {
        host: `127.0.0.1:${server.port}`,
        connection: 'close',
        'content-type': 'application/json',
        'content-length': String(received.body.length),
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'gateway-audit/1.2.3',
        'x-audit-id': '0192f0c1-0000-7000-8000-000000000001',
        'x-audit-probe': '1',
        'api-key': canaryKey,
      },
      body: { messages: [{ role: 'user', content: expectedPrompt }], max_tokens: 5, stream: false },
    });
  });

  const v1: Partial<GatewayDeclaration> = { api: 'v1', deployment: 'a b' };
  test.each<{ request: Partial<ProbeRequest>; declared?: Partial<GatewayDeclaration>; url: string; body: object }>([
    {
      request: { streamed: true },
      url: '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      body: { max_tokens: 5, stream: true, stream_options: { include_usage: true } },
    },
    {
      request: { deployment: 'other one' },
      declared: { completionTokensParameter: 'max_completion_tokens', surfaceDeployments: { chat: 'ignored' } },
      url: '/aoai/openai/deployments/other%20one/chat/completions?api-version=2024-10-21',
      body: { max_completion_tokens: 5, stream: false },
    },
    {
      request: { surface: 'responses' },
      declared: { surfaceDeployments: { responses: 'gpt-4.1' } },
      url: '/aoai/openai/responses?api-version=2024-10-21',
      body: { model: 'gpt-4.1', input: expectedPrompt, max_output_tokens: 16, stream: false, store: false },
    },
    {
      request: { surface: 'embeddings' },
      declared: { surfaceDeployments: { embeddings: 'ada' } },
      url: '/aoai/openai/deployments/ada/embeddings?api-version=2024-10-21',
      body: { input: makePrompt(27, '0192f0c1-0000-7000-8000-000000000001/1') },
    },
    {
      request: {},
      declared: v1,
      url: '/aoai/chat/completions',
      body: { model: 'a b', max_tokens: 5, stream: false },
    },
    {
      request: { surface: 'responses', streamed: true, maxCompletionTokens: 50 },
      declared: v1,
      url: '/aoai/responses',
      body: { model: 'a b', max_output_tokens: 50, stream: true },
    },
    { request: { surface: 'embeddings' }, declared: v1, url: '/aoai/embeddings', body: { model: 'a b' } },
    {
      request: {},
      declared: { extraBody: { reasoning_effort: 'low', max_tokens: 9999, stream: true, max_completion_tokens: 9999 } },
      url: '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      body: { reasoning_effort: 'low', max_tokens: 5, stream: false },
    },
  ])('$request as declared by $declared goes to $url', async ({ request, declared, url, body }) => {
    answerTo = () => ({ body: { ...chatAnswer, output: [], data: [] } });
    const { received, exchange } = await ask(request, declared);
    const sent = JSON.parse(received.body);
    expect(received.url).toBe(url);
    expect(sent).toMatchObject(body);
    expect(sent).not.toHaveProperty('temperature');
    expect(Object.keys(sent).filter((name) => /^max_/.test(name))).toHaveLength(
      exchange.asked.surface === 'embeddings' ? 0 : 1,
    );
    expect(exchange.error).toBeNull();
  });

  const entra: Partial<GatewayDeclaration> = { auth: { entraScope: 'api://gateway/.default' } };
  test.each<{ what: string; request: Partial<ProbeRequest>; declared?: Partial<GatewayDeclaration>; shown: object }>([
    { what: 'the key', request: {}, shown: { 'api-key': canaryKey } },
    { what: 'another customer’s key', request: { customerId: 'northwind' }, shown: { 'api-key': 'key-of-northwind' } },
    { what: 'no key', request: { credential: 'none' }, shown: {} },
    {
      what: 'a made-up key',
      request: { credential: 'wrong' },
      shown: { 'api-key': expect.stringMatching(/^made-up-by-gateway-audit-[0-9a-f]{16}$/) },
    },
    {
      what: 'a key with a scheme',
      request: {},
      declared: { auth: { keyHeader: 'Authorization', scheme: 'Bearer' } },
      shown: { authorization: `Bearer ${canaryKey}` },
    },
    {
      what: 'an Entra token',
      request: {},
      declared: entra,
      shown: { authorization: 'Bearer token-for-api://gateway/.default' },
    },
    { what: 'no Entra token', request: { credential: 'none' }, declared: entra, shown: {} },
    {
      what: 'a made-up Entra token',
      request: { credential: 'wrong' },
      declared: entra,
      shown: { authorization: expect.stringMatching(/^Bearer made-up-by-gateway-audit-/) },
    },
  ])('shows $what', async ({ request, declared, shown }) => {
    const { received } = await ask(request, declared, { tokenOf: async (scope) => `token-for-${scope}` });
    const names = ['api-key', 'authorization', 'cookie'];
    expect(Object.fromEntries(Object.entries(received.headers).filter(([name]) => names.includes(name)))).toEqual(
      shown,
    );
  });

  test.each([
    { key: null, code: 'setting-missing', says: 'its key is missing' },
    { key: '', code: 'setting-missing', says: 'its key is missing' },
    { key: `${canaryKey}\n`, code: 'config-invalid', says: 'its key holds a character' },
  ])('throws $code for a key that can’t be shown, and does not tell it', async ({ key, code, says }) => {
    const gateway = open({}, { keyOf: () => key });
    const error: AuditorError = await gateway.send(anOrder()).then(
      () => Promise.reject(new Error('It was sent.')),
      (thrown) => thrown,
    );
    await gateway.close();
    expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringContaining(says) });
    expect(error.message).not.toContain(canaryKey);
  });

  test('throws for an Entra gateway without an identity, and for an endpoint that is no URL', async () => {
    await expect(ask({}, entra)).rejects.toMatchObject({ code: 'setting-missing' });
    expect(() => open({ endpoint: 'ftp://x' })).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  test('a probe after close is our own mistake', async () => {
    const gateway = open();
    await gateway.close();
    await expect(gateway.send(anOrder())).rejects.toMatchObject({ code: 'bad-usage' });
  });
});

describe('the parameter that caps the completion', () => {
  const unsupported = {
    error: {
      message:
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      code: 'unsupported_parameter',
    },
  };
  const takesNewer = ({ body }: ReceivedRequest): Answer =>
    'max_completion_tokens' in JSON.parse(body) ? { body: chatAnswer } : { status: 400, body: unsupported };

  test('changes once and for good on the 400 that names the newer one, and that answer is no probe', async () => {
    answerTo = takesNewer;
    const before = server.requests.length;
    const gateway = open();
    const exchanges = await Promise.all([gateway.send(anOrder({}, 1)), gateway.send(anOrder({}, 2))]);
    exchanges.push(await gateway.send(anOrder({}, 3)));
    await gateway.close();
    const sent = server.requests.slice(before);
    expect(exchanges.map(({ probe, status }) => ({ probe, status }))).toEqual([
      { probe: 1, status: 200 },
      { probe: 2, status: 200 },
      { probe: 3, status: 200 },
    ]);
    expect(sent.map(({ headers }) => headers['x-audit-probe']).sort()).toEqual(['1', '1', '2', '2', '3']);
    expect(Object.keys(JSON.parse(sent.at(-1)?.body ?? ''))).toContain('max_completion_tokens');
  });

  test.each<{ what: string; declared: Partial<GatewayDeclaration>; answer: Answer }>([
    {
      what: 'declared',
      declared: { completionTokensParameter: 'max_tokens' },
      answer: { status: 400, body: unsupported },
    },
    { what: 'refused for another reason', declared: {}, answer: { status: 400, body: { error: { message: 'bad' } } } },
  ])('does not change where it is $what', async ({ declared, answer }) => {
    answerTo = () => answer;
    const before = server.requests.length;
    const { exchange } = await ask({}, declared);
    expect(exchange.status).toBe(400);
    expect(server.requests.length - before).toBe(1);
  });

  test('a second 400 after the change is the answer', async () => {
    answerTo = () => ({ status: 400, body: unsupported });
    const before = server.requests.length;
    const { exchange } = await ask();
    expect(exchange.message).toBe(unsupported.error.message);
    expect(server.requests.length - before).toBe(2);
  });
});

describe('what is recorded', () => {
  const common = {
    probe: 1,
    boundTokens: 38,
    intendedMs: 1000,
    sentMs: 1002,
    headersMs: 1003,
    receivedMs: 1004,
    error: null,
    remainingQuotaTokens: null,
    messageWait: null,
    refusedBy: null,
    message: null,
  };
  const date = 'Sun, 01 Mar 2026 12:00:00 GMT';

  test('an answer', async () => {
    answerTo = () => ({
      headers: {
        date,
        'consumed-tokens': '25',
        'remaining-tokens': '75',
        'x-ms-region': 'Sweden Central',
        'set-cookie': 'session=1',
      },
      body: chatAnswer,
    });
    const { exchange } = await ask();
    expect(exchange).toEqual({
      ...common,
      asked: anOrder().request,
      status: 200,
      usage: { prompt: 20, completion: 5, total: 25 },
      consumedTokens: 25,
      remainingTokens: 75,
      retryAfterMs: null,
      backend: 'Sweden Central',
      headers: {
        'consumed-tokens': '25',
        'remaining-tokens': '75',
        'x-ms-region': 'Sweden Central',
        'content-type': 'application/json',
        date,
      },
    });
  });

  test('a refusal by the token limit', async () => {
    const message = 'Token limit is exceeded. Try again in 41 seconds.';
    answerTo = () => ({
      status: 429,
      headers: { date, 'retry-after': 'Sun, 01 Mar 2026 12:00:41 GMT', 'remaining-tokens': '0' },
      body: { statusCode: 429, message },
    });
    const { exchange } = await ask();
    expect(exchange).toEqual({
      ...common,
      asked: anOrder().request,
      status: 429,
      usage: null,
      consumedTokens: null,
      remainingTokens: 0,
      retryAfterMs: 41_000,
      messageWait: { waitMs: 41_000, unitMs: 1000 },
      backend: null,
      refusedBy: 'gateway-token-limit',
      message,
      headers: {
        'remaining-tokens': '0',
        'retry-after': 'Sun, 01 Mar 2026 12:00:41 GMT',
        'content-type': 'application/json',
        date,
      },
    });
  });

  test('a stream', async () => {
    const events = [
      { choices: [{ delta: { content: 'a' }, finish_reason: 'length' }], usage: null },
      { choices: [], usage },
    ];
    answerTo = () => ({
      headers: { 'content-type': 'text/event-stream' },
      body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
    });
    const { exchange } = await ask({ streamed: true });
    expect(exchange).toMatchObject({ status: 200, error: null, usage: { prompt: 20, completion: 5, total: 25 } });
  });

  test.each<{ what: string; answer: Answer; recorded: Partial<Exchange> }>([
    {
      what: 'a redirect, not followed',
      answer: { status: 302, headers: { location: '/elsewhere', 'content-type': 'text/plain' }, body: 'Moved' },
      recorded: { status: 302, error: null, message: 'Moved' },
    },
    {
      what: 'an empty 503',
      answer: { status: 503, body: '' },
      recorded: { status: 503, error: null, message: null, refusedBy: null },
    },
    {
      what: 'a page with a 200',
      answer: { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' },
      recorded: { status: 200, error: { kind: 'not-json', detail: 'the answer is not JSON' }, usage: null },
    },
    {
      what: 'a page with a 429, which names nobody',
      answer: { status: 429, headers: { 'remaining-tokens': '0' }, body: '<html>Slow down</html>' },
      recorded: {
        status: 429,
        error: { kind: 'not-json', detail: 'the body is no JSON' },
        refusedBy: 'unknown',
        message: '<html>Slow down</html>',
      },
    },
    {
      what: 'another object with a 200',
      answer: { body: { ok: true } },
      recorded: { error: { kind: 'protocol', detail: 'the answer has no list "choices"' } },
    },
    {
      what: 'headers that come twice or hold no number',
      answer: {
        headers: { 'consumed-tokens': ['25', '25'], 'remaining-tokens': '-5', 'retry-after': 'soon' },
        body: chatAnswer,
      },
      recorded: { consumedTokens: null, remainingTokens: null, retryAfterMs: null },
    },
    {
      what: 'a long message, cut',
      answer: { status: 500, body: { message: 'é'.repeat(5000) } },
      recorded: { message: 'é'.repeat(512) },
    },
  ])('$what', async ({ answer, recorded }) => {
    answerTo = () => answer;
    const before = server.requests.length;
    const { exchange } = await ask();
    expect(exchange).toMatchObject(recorded);
    expect(server.requests.length - before).toBe(1);
  });

  test('a promise under the header name that the policy gave it, and none where none is declared', async () => {
    answerTo = () => ({ status: 429, headers: { 'x-wait': '7', 'retry-after': '3' }, body: { error: {} } });
    const names = aGateway().headers;
    const renamed = await ask({}, { headers: { ...names, retryAfter: 'X-Wait' } });
    const undeclared = await ask({}, { headers: { ...names, retryAfter: null } });
    expect([renamed.exchange.retryAfterMs, undeclared.exchange.retryAfterMs]).toEqual([7000, null]);
  });

  test('neither key nor prompt, whatever of them the gateway says back', async () => {
    answerTo = ({ body, headers }) => ({
      status: 401,
      headers: { 'x-ms-region': String(headers['api-key']), 'x-request-id': expectedPrompt.trim() },
      body: { message: `No ${headers['api-key']} here. You asked: ${JSON.parse(body).messages[0].content}` },
    });
    const { exchange } = await ask();
    const text = JSON.stringify(exchange);
    expect(exchange.message).toBe('No [key] here. You asked:  [prompt]');
    expect(text).not.toContain(canaryKey);
    expect(text).not.toContain(expectedPrompt.trim().split(' ').slice(0, 3).join(' '));
  });
});

describe('connections', () => {
  test('every probe has its own, and a hundred go out at once', async () => {
    const before = server.connections();
    const gateway = open();
    const exchanges = await Promise.all(Array.from({ length: 100 }, (_, at) => gateway.send(anOrder({}, at + 1))));
    await gateway.close();
    expect(exchanges.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(server.connections() - before).toBe(100);
  });

  test('are kept where that was asked for', async () => {
    const before = server.connections();
    const gateway = open({}, { connections: 'kept' });
    for (const probe of [1, 2, 3]) {
      await gateway.send(anOrder({}, probe));
      await new Promise(setImmediate);
    }
    await gateway.close();
    expect(server.connections() - before).toBe(1);
  });
});
