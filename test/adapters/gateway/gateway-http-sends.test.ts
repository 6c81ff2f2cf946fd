import type { GatewayDeclaration } from '../../../src/audit/declaration';
import type { AuditorError } from '../../../src/auditor-error';
import type { ProbeRequest } from '../../../src/probe/exchange';
import { makePrompt } from '../../../src/probe/prompt';
import { anOrder, canaryKey } from './a-probe';
import { chatAnswer, type LocalGateway, startLocalGateway } from './local-gateway';

const expectedPrompt = makePrompt(20, '0192f0c1-0000-7000-8000-000000000001/1');

let gateway: LocalGateway;

beforeAll(async () => {
  gateway = await startLocalGateway();
});

beforeEach(() => {
  gateway.answerTo = () => ({ body: chatAnswer });
});

afterAll(() => gateway.server.close());

describe('what is sent', () => {
  test('a chat probe by deployment, saying what it is', async () => {
    const { received } = await gateway.ask();
    expect({ ...received, body: JSON.parse(received.body) }).toEqual({
      method: 'POST',
      url: '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      headers: {
        host: `127.0.0.1:${gateway.server.port}`,
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
    gateway.answerTo = () => ({ body: { ...chatAnswer, output: [], data: [] } });
    const { received, exchange } = await gateway.ask(request, declared);
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
    const { received } = await gateway.ask(request, declared, { tokenOf: async (scope) => `token-for-${scope}` });
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
    const opened = gateway.open({}, { keyOf: () => key });
    const error: AuditorError = await opened.send(anOrder()).then(
      () => Promise.reject(new Error('It was sent.')),
      (thrown) => thrown,
    );
    await opened.close();
    expect({ code: error.code, message: error.message }).toEqual({ code, message: expect.stringContaining(says) });
    expect(error.message).not.toContain(canaryKey);
  });

  test('throws for an Entra gateway without an identity, and for an endpoint that is no URL', async () => {
    await expect(gateway.ask({}, entra)).rejects.toMatchObject({ code: 'setting-missing' });
    expect(() => gateway.open({ endpoint: 'ftp://x' })).toThrow(expect.objectContaining({ code: 'config-invalid' }));
  });

  test('a probe after close is our own mistake', async () => {
    const opened = gateway.open();
    await opened.close();
    await expect(opened.send(anOrder())).rejects.toMatchObject({ code: 'bad-usage' });
  });
});
