import type { Simulator } from '../../simulator/server';
import { startZoo } from '../../simulator/start-zoo';

let zoo: Simulator;
beforeAll(async () => {
  zoo = await startZoo({ port: 0 });
});
afterAll(() => zoo.close());

async function ask(name: string): Promise<number> {
  const path = `/zoo/${name}/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21`;
  const { status } = await fetch(zoo.url + path, {
    method: 'POST',
    headers: { 'api-key': 'key-of-contoso', 'content-type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'hello' }], max_tokens: 5 }),
  });
  return status;
}

test('each gateway answers at its own path as it is: a healthy one serves, one that refuses the key refuses', async () => {
  expect(await Promise.all(['healthy-token-bucket', 'key-refused-token-bucket', 'nothing'].map(ask))).toEqual([
    200, 401, 404,
  ]);
});

test('its truth is told beside it', async () => {
  const answer = await fetch(`${zoo.url}/zoo/no-limit-token-bucket/__truth`);
  const { customers, ...rest } = (await answer.json()) as { customers: readonly object[] };
  expect(rest).toMatchObject({ mustFail: ['token-limit/limit-enforced', 'token-limit/limit-value'], mayFail: [] });
  expect(customers).toMatchObject([
    {
      id: 'contoso',
      limiter: 'token-bucket',
      enforcedTokensPerMinute: null,
      faults: [{ name: 'no-limit', rule: 'token-limit/limit-enforced', truth: 'no token limit is enforced' }],
    },
    { id: 'fabrikam', enforcedTokensPerMinute: 10_000, faults: [] },
  ]);
});
