import { openGateway } from '../../../src/adapters/gateway/gateway-http';
import { systemClock } from '../../../src/adapters/system-clock';
import type { GatewayDeclaration } from '../../../src/audit/declaration';
import type { Exchange } from '../../../src/probe/exchange';
import { aGateway } from '../../audit/a-declaration';
import { type Answer, type LocalServer, startServer } from '../local-server';

/* The real client of OpenAI over HTTP, with its own retries; waits are named in milliseconds so that they are short. */

const answered: Answer = {
  headers: { 'x-ms-region': 'Sweden Central' },
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o',
    choices: [{ index: 0, message: { role: 'assistant', content: 'All' }, finish_reason: 'length' }],
    usage: { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11 },
  },
};
const message = 'Token limit is exceeded. Try again in 1 seconds.';
const refused: Answer = {
  status: 429,
  headers: { 'retry-after': '1', 'retry-after-ms': '5' },
  body: { statusCode: 429, message },
};

let server: LocalServer;
afterEach(() => server.close());

async function call(answers: readonly Answer[], gateway: Partial<GatewayDeclaration> = {}) {
  let at = 0;
  server = await startServer(() => answers[Math.min(at++, answers.length - 1)] ?? {});
  const opened = openGateway({
    declared: aGateway({ endpoint: `http://127.0.0.1:${server.port}/aoai`, ...gateway }),
    auditedCustomerId: 'contoso',
    keyOf: () => 'contoso-demo-key',
    version: '1.2.3',
    clock: systemClock,
  });
  const request = {
    step: 'sdk',
    surface: 'chat',
    streamed: false,
    credential: 'customer',
    promptTokens: 10,
    maxCompletionTokens: 1,
  } as const;
  try {
    return await opened.callSdk({ auditId: 'audit-1', probe: 7, call: 2, request, intendedMs: systemClock.nowMs() });
  } finally {
    await opened.close();
  }
}

const shapes = (exchanges: readonly Exchange[]) =>
  exchanges.map(({ probe, status, sdk, refusedBy }) => ({ probe, status, refusedBy, sdk }));
const took = expect.any(Number);

test('an answer at once is one attempt', async () => {
  expect(shapes(await call([answered]))).toEqual([
    {
      probe: 7,
      status: 200,
      refusedBy: null,
      sdk: { call: 2, attempt: 0, outcome: { tookMs: took, error: null, keptMessage: null } },
    },
  ]);
});

test('the client asks as a customer does, and each attempt says that it is a probe', async () => {
  await call([refused, answered]);
  expect(server.requests.map(({ url, headers }) => [url, headers['x-stainless-retry-count']])).toEqual([
    ['/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', '0'],
    ['/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21', '1'],
  ]);
  expect(server.requests.map(({ headers }) => headers)).toMatchObject([
    {
      'api-key': 'contoso-demo-key',
      'x-audit-id': 'audit-1',
      'x-audit-probe': '7',
      'user-agent': 'gateway-audit/1.2.3',
    },
    {
      'api-key': 'contoso-demo-key',
      'x-audit-id': 'audit-1',
      'x-audit-probe': '8',
      'user-agent': 'gateway-audit/1.2.3',
    },
  ]);
});

test('refusals that its caller never sees are recorded all the same', async () => {
  const exchanges = await call([refused, refused, answered]);
  expect(shapes(exchanges)).toEqual([
    { probe: 7, status: 429, refusedBy: 'gateway-token-limit', sdk: { call: 2, attempt: 0 } },
    { probe: 8, status: 429, refusedBy: 'gateway-token-limit', sdk: { call: 2, attempt: 1 } },
    {
      probe: 9,
      status: 200,
      refusedBy: null,
      sdk: { call: 2, attempt: 2, outcome: { tookMs: took, error: null, keptMessage: null } },
    },
  ]);
  expect(exchanges.at(-1)?.usage).toEqual({ prompt: 10, completion: 1, total: 11 });
});

test('after three refusals the caller gets an error, and it is recorded whether it says why', async () => {
  const last = (await call([refused])).at(-1);
  expect([last?.probe, last?.sdk]).toEqual([
    9,
    { call: 2, attempt: 2, outcome: { tookMs: took, error: 'RateLimitError', keptMessage: true } },
  ]);
});

test('a key that is refused is not tried again', async () => {
  const exchanges = await call([{ status: 401, body: { statusCode: 401, message: 'Access denied.' } }]);
  expect(exchanges.map(({ status, sdk }) => [status, sdk?.outcome?.error])).toEqual([[401, 'AuthenticationError']]);
});

test('a model that wants the newer parameter is asked once more with it', async () => {
  const wantsNewer = { status: 400, body: { error: { message: "Use 'max_completion_tokens' instead." } } };
  expect((await call([wantsNewer, answered])).map(({ probe, status }) => [probe, status])).toEqual([[7, 200]]);
  expect(server.requests.map(({ body }) => Object.keys(JSON.parse(body)).includes('max_completion_tokens'))).toEqual([
    false,
    true,
  ]);
});

test('a gateway of the v1 API is asked by its own address, the deployment as the model', async () => {
  await call([answered], { api: 'v1' });
  expect(server.requests.map(({ url, body }) => [url, JSON.parse(body).model])).toEqual([
    ['/aoai/chat/completions', 'gpt-4o'],
  ]);
});

test('neither key nor prompt is in what is recorded', async () => {
  const echo = { status: 400, body: { error: { message: 'the key contoso-demo-key is bad' } } };
  expect(JSON.stringify(await call([echo]))).not.toContain('contoso-demo-key');
});
