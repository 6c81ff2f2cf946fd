import type { GatewayDeclaration } from '../../../src/audit/declaration';
import type { Answer, ReceivedRequest } from '../local-server';
import { anOrder } from './a-probe';
import { chatAnswer, type LocalGateway, startLocalGateway } from './local-gateway';

let gateway: LocalGateway;

beforeAll(async () => {
  gateway = await startLocalGateway();
});

beforeEach(() => {
  gateway.answerTo = () => ({ body: chatAnswer });
});

afterAll(() => gateway.server.close());

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
    gateway.answerTo = takesNewer;
    const before = gateway.server.requests.length;
    const opened = gateway.open();
    const exchanges = await Promise.all([opened.send(anOrder({}, 1)), opened.send(anOrder({}, 2))]);
    exchanges.push(await opened.send(anOrder({}, 3)));
    await opened.close();
    const sent = gateway.server.requests.slice(before);
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
    gateway.answerTo = () => answer;
    const before = gateway.server.requests.length;
    const { exchange } = await gateway.ask({}, declared);
    expect(exchange.status).toBe(400);
    expect(gateway.server.requests.length - before).toBe(1);
  });

  test('a second 400 after the change is the answer', async () => {
    gateway.answerTo = () => ({ status: 400, body: unsupported });
    const before = gateway.server.requests.length;
    const { exchange } = await gateway.ask();
    expect(exchange.message).toBe(unsupported.error.message);
    expect(gateway.server.requests.length - before).toBe(2);
  });
});
