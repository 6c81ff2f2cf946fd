import { type Asked, anEngine, aRequest, ask, contoso, start } from './drive';

const missing =
  'Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.';
const invalid =
  'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.';

test.each<{ readonly name: string; readonly asked: Asked; readonly status: number; readonly message: string }>([
  { name: 'no key', asked: { key: null }, status: 401, message: missing },
  { name: 'a key of nobody', asked: { key: 'stolen' }, status: 401, message: invalid },
  {
    name: 'a bearer token of nobody',
    asked: { key: null, headers: { authorization: 'Bearer x' } },
    status: 401,
    message: invalid,
  },
  { name: 'an unknown path', asked: { path: '/aoai/openai/models' }, status: 404, message: 'Resource not found' },
])('refuses $name in its own words and without headers of a model', ({ asked, status, message }) => {
  expect(ask(anEngine(), start, asked)).toEqual({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ statusCode: status, message }),
    chunks: null,
    reset: false,
  });
});

test.each<[string, Asked]>([
  ['as a bearer token', { key: null, headers: { authorization: `Bearer ${contoso.key}` } }],
  [
    'in the query',
    { key: null, path: `/aoai/chat/completions?subscription-key=${contoso.key}`, body: { model: 'm', messages: [] } },
  ],
])('takes the key %s too', (_, asked) => {
  expect(ask(anEngine(), start, asked).status).toBe(200);
});

test('answers like Azure OpenAI: usage as counted, region, ids', () => {
  const answer = ask(anEngine(), start, { tokens: 30, completionTokens: 12 });
  expect(JSON.parse(answer.body)).toMatchObject({
    object: 'chat.completion',
    model: 'gpt-4o',
    choices: [{ message: { role: 'assistant' }, finish_reason: 'length' }],
    usage: { prompt_tokens: 18, completion_tokens: 12, total_tokens: 30 },
  });
  expect(answer.headers).toMatchObject({
    'x-ms-region': 'Sweden Central',
    'apim-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('charges when the answer is complete, so all that arrive before pass', () => {
  const engine = anEngine();
  const arrivals = [0, 1, 2].map((ms) => engine.arrive(start + ms, aRequest({ tokens: 90 })));
  expect(arrivals.map((arrival) => arrival.accepted)).toEqual([true, true, true]);
  const remaining = arrivals.map((arrival, index) =>
    arrival.accepted ? engine.complete(start + 500 + index, arrival.ticket).headers['remaining-tokens'] : null,
  );
  expect(remaining).toEqual(['10', '0', '0']);
  expect(ask(engine, start + 1000).status).toBe(429);
});

test('a streamed answer tells what was left before it, cannot tell what it consumed, and is charged when it ends', () => {
  const engine = anEngine();
  const arrival = engine.arrive(start, aRequest({ tokens: 60, stream: true }));
  if (!arrival.accepted) throw new Error('refused');
  expect(arrival.ticket.head?.headers).toMatchObject({
    'remaining-tokens': '100',
    'content-type': 'text/event-stream',
  });
  expect(arrival.ticket.head?.headers).not.toHaveProperty('consumed-tokens');
  const answer = engine.complete(start + 500, arrival.ticket);
  expect(answer.body.endsWith('data: [DONE]\n\n')).toBe(true);
  expect(ask(engine, start + 600, { tokens: 20 }).headers['remaining-tokens']).toBe('20');
});

test('names no usage in a stream unless it is asked for', () => {
  const body = (options: object) => ({ messages: [], max_tokens: 2, stream: true, ...options });
  expect(ask(anEngine(), start, { body: body({}) }).body).not.toContain('usage');
  const chunks = ask(anEngine(), start, { body: body({ stream_options: { include_usage: true } }) }).chunks ?? [];
  expect(chunks.at(-2)).toContain('"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":2,"total_tokens":9}');
});

test('spreads a key over unsynchronised counters, each with the whole limit', () => {
  const engine = anEngine({ customers: [{ ...contoso, counters: 2 }] });
  const statuses = [0, 1, 2, 3].map((second) => ask(engine, start + second * 1000, { tokens: 100 }).status);
  expect(statuses).toEqual([200, 200, 429, 429]);
});

test('refuses by estimate: what does not fit now with a time, what never fits without one', () => {
  const engine = anEngine({ customers: [{ ...contoso, estimatePromptTokens: true }] });
  ask(engine, start, { tokens: 60 });
  expect(ask(engine, start + 1000, { tokens: 60 })).toMatchObject({
    status: 429,
    headers: { 'Retry-After': '59', 'remaining-tokens': '40' },
  });
  const never = ask(engine, start + 1000, { tokens: 200 });
  expect(never.body).toBe('{"statusCode":429,"message":"Token limit is exceeded."}');
  expect(never.headers).not.toHaveProperty('Retry-After');
});

test('sets an estimate aside where the policy reserves it', () => {
  const engine = anEngine({ customers: [{ ...contoso, estimatePromptTokens: 'reserve' }] });
  const first = engine.arrive(start, aRequest({ tokens: 80 }));
  expect(ask(engine, start + 10, { tokens: 50 }).status).toBe(429);
  if (!first.accepted) throw new Error('refused');
  expect(engine.complete(start + 20, first.ticket).headers).toMatchObject({
    'consumed-tokens': '80',
    'remaining-tokens': '20',
  });
});

test('refuses above the quota with 403 and a countdown to the end of the UTC period', () => {
  const customer = { ...contoso, tokensPerMinute: 10_000, quota: { tokens: 500, period: 'Hourly' as const } };
  const engine = anEngine({ customers: [customer], headers: { remainingQuotaTokens: 'remaining-quota' } });
  expect(ask(engine, start, { tokens: 501 }).headers['remaining-quota']).toBe('0');
  expect(ask(engine, start + 507_000)).toEqual({
    status: 403,
    headers: {
      'content-type': 'application/json',
      'remaining-tokens': '10000',
      'remaining-quota': '0',
      'Retry-After': '1293',
    },
    body: '{"statusCode":403,"message":"Token quota is exceeded. Try again in 21 minutes and 33 seconds."}',
    chunks: null,
    reset: false,
  });
});

test("passes on the model's own refusal, which charges nothing", () => {
  const engine = anEngine({ backends: [{ id: 'small', tokensPerMinute: 1000 }] });
  const asked = { body: { messages: [], max_tokens: 900 } };
  const huge = { body: { messages: [], max_tokens: 994 } };
  const refused = ask(engine, start + 28_000, huge);
  expect(refused).toMatchObject({
    status: 429,
    headers: {
      'retry-after': '32',
      'retry-after-ms': '32000',
      'x-ms-region': 'Sweden Central',
      'remaining-tokens': '100',
    },
  });
  expect(JSON.parse(refused.body)).toEqual({
    error: {
      code: '429',
      message: expect.stringMatching(/^Requests to the ChatCompletions_Create .* token rate limit/),
    },
  });
  expect(ask(engine, start + 29_000, asked).headers).toMatchObject({ 'x-ratelimit-remaining-tokens': '93' });
});

test('holds a small deployment to its requests per 10 s', () => {
  const engine = anEngine({ backends: [{ id: 'small', tokensPerMinute: 1000 }] });
  expect(ask(engine, start).status).toBe(200);
  const refused = ask(engine, start + 4000);
  expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '6' } });
  expect(refused.body).toContain('call rate limit');
  expect(ask(engine, start + 10_000).status).toBe(200);
});

const newModel = { deployments: [{ name: 'o4', refusesMaxTokens: true }] };
const newModelPath = '/aoai/openai/deployments/o4/chat/completions?api-version=2024-10-21';
test.each([
  ['max_tokens', 400],
  ['max_completion_tokens', 200],
])('a model that wants max_completion_tokens answers %s with %d', (parameter, status) => {
  const answer = ask(anEngine(newModel), start, { path: newModelPath, body: { messages: [], [parameter]: 5 } });
  expect(answer.status).toBe(status);
  if (status === 400)
    expect(JSON.parse(answer.body).error).toMatchObject({
      param: 'max_tokens',
      code: 'unsupported_parameter',
      message: expect.stringContaining("'max_completion_tokens'"),
    });
  else expect(JSON.parse(answer.body).usage).toEqual({ prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 });
});

test.each<[string, Asked, number, string]>([
  ['a body that is no JSON', { body: '{' }, 400, 'could not parse'],
  ['a body without messages', { body: {} }, 400, "'messages'"],
  ['an unknown deployment', {}, 404, 'does not exist'],
  ['no api-version', { path: '/aoai/openai/deployments/o4/chat/completions' }, 404, 'Resource not found'],
])('%s is refused by the model', (_, asked, status, text) => {
  const answer = ask(anEngine(newModel), start, {
    path: newModelPath.replace('o4', asked.body ? 'o4' : 'other'),
    ...asked,
  });
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.body).error.message).toContain(text);
});

test('answers embeddings and responses, charged by the same counter', () => {
  const engine = anEngine();
  const embedded = ask(engine, start, {
    path: '/aoai/openai/deployments/ada/embeddings?api-version=2024-10-21',
    body: { input: ['one two', 'three'] },
  });
  expect(JSON.parse(embedded.body).usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  const responded = ask(engine, start + 1, {
    path: '/aoai/responses',
    body: { model: 'gpt-4o', input: 'one two', max_output_tokens: 20 },
  });
  expect(JSON.parse(responded.body).usage).toEqual({ input_tokens: 9, output_tokens: 20, total_tokens: 29 });
  expect(responded.headers['remaining-tokens']).toBe('68');
});

test('the meter adds up what was answered, by the minute it was answered in', () => {
  const engine = anEngine({ customers: [{ ...contoso, subscriptionId: 'sub-1' }] });
  ask(engine, start, { tokens: 60, takesMs: 1000 });
  ask(engine, start + 2000, { tokens: 50, takesMs: 1000 });
  ask(engine, start + 4000);
  ask(engine, start + 119_500, { tokens: 30, takesMs: 600 });
  const row = { subscriptionId: 'sub-1', requests: 2, promptTokens: 90, completionTokens: 20, totalTokens: 110 };
  expect(engine.meter(start, start + 60_000)).toEqual([row]);
  expect(engine.meter(start + 60_000, start + 120_000)).toEqual([]);
  expect(engine.meter(start, start + 180_000)).toEqual([
    { ...row, requests: 3, promptTokens: 110, completionTokens: 30, totalTokens: 140 },
  ]);
});
