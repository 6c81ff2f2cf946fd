import type { Exchange } from '../../../src/probe/exchange';
import { makePrompt } from '../../../src/probe/prompt';
import { aGateway } from '../../audit/a-declaration';
import type { Answer } from '../local-server';
import { anOrder, canaryKey } from './a-probe';
import { chatAnswer, type LocalGateway, startLocalGateway, usage } from './local-gateway';

const expectedPrompt = makePrompt(20, '0192f0c1-0000-7000-8000-000000000001/1');

let gateway: LocalGateway;

beforeAll(async () => {
  gateway = await startLocalGateway();
});

beforeEach(() => {
  gateway.answerTo = () => ({ body: chatAnswer });
});

afterAll(() => gateway.server.close());

describe('what is recorded', () => {
  const common = {
    probe: 1,
    boundTokens: 38,
    intendedMs: 1000,
    begunMs: 1001,
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
    gateway.answerTo = () => ({
      headers: {
        date,
        'consumed-tokens': '25',
        'remaining-tokens': '75',
        'x-ms-region': 'Sweden Central',
        'set-cookie': 'session=1',
      },
      body: chatAnswer,
    });
    const { exchange } = await gateway.ask();
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
    gateway.answerTo = () => ({
      status: 429,
      headers: { date, 'retry-after': 'Sun, 01 Mar 2026 12:00:41 GMT', 'remaining-tokens': '0' },
      body: { statusCode: 429, message },
    });
    const { exchange } = await gateway.ask();
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
    gateway.answerTo = () => ({
      headers: { 'content-type': 'text/event-stream' },
      body: `${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`,
    });
    const { exchange } = await gateway.ask({ streamed: true });
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
      what: 'a message that would paint a terminal',
      answer: { status: 500, body: { message: 'all \u001b[2J\u001b[31mfine\u0007\nand well' } },
      recorded: { message: 'all \ufffd[2J\ufffd[31mfine\ufffd\nand well' },
    },
    {
      what: 'a long message, cut',
      answer: { status: 500, body: { message: 'é'.repeat(5000) } },
      recorded: { message: 'é'.repeat(512) },
    },
  ])('$what', async ({ answer, recorded }) => {
    gateway.answerTo = () => answer;
    const before = gateway.server.requests.length;
    const { exchange } = await gateway.ask();
    expect(exchange).toMatchObject(recorded);
    expect(gateway.server.requests.length - before).toBe(1);
  });

  test('a promise under the header name that the policy gave it, and none where none is declared', async () => {
    gateway.answerTo = () => ({ status: 429, headers: { 'x-wait': '7', 'retry-after': '3' }, body: { error: {} } });
    const names = aGateway().headers;
    const renamed = await gateway.ask({}, { headers: { ...names, retryAfter: 'X-Wait' } });
    const undeclared = await gateway.ask({}, { headers: { ...names, retryAfter: null } });
    expect([renamed.exchange.retryAfterMs, undeclared.exchange.retryAfterMs]).toEqual([7000, null]);
  });

  test('neither key nor prompt, whatever of them the gateway says back', async () => {
    gateway.answerTo = ({ body, headers }) => ({
      status: 401,
      headers: { 'x-ms-region': String(headers['api-key']), 'x-request-id': expectedPrompt.trim() },
      body: { message: `No ${headers['api-key']} here. You asked: ${JSON.parse(body).messages[0].content}` },
    });
    const { exchange } = await gateway.ask();
    const text = JSON.stringify(exchange);
    expect(exchange.message).toBe('No [key] here. You asked:  [prompt]');
    expect(text).not.toContain(canaryKey);
    expect(text).not.toContain(expectedPrompt.trim().split(' ').slice(0, 3).join(' '));
  });
});
