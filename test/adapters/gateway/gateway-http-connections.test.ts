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

describe('connections', () => {
  test('every probe has its own, and a hundred go out at once', async () => {
    const before = gateway.server.connections();
    const opened = gateway.open();
    const exchanges = await Promise.all(Array.from({ length: 100 }, (_, at) => opened.send(anOrder({}, at + 1))));
    await opened.close();
    expect(exchanges.filter(({ status }) => status === 200)).toHaveLength(100);
    expect(gateway.server.connections() - before).toBe(100);
  });

  test('are kept where that was asked for', async () => {
    const before = gateway.server.connections();
    const opened = gateway.open({}, { connections: 'kept' });
    for (const probe of [1, 2, 3]) {
      await opened.send(anOrder({}, probe));
      await new Promise(setImmediate);
    }
    await opened.close();
    expect(gateway.server.connections() - before).toBe(1);
  });
});
