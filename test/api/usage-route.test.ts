import { answer } from '../../src/api/answer';
import { anApp, type TestApp } from '../app/an-app';

let tested: TestApp;
beforeAll(async () => {
  tested = await anApp();
  // An audit on 5 January, and after midnight another.
  await tested.app.audit([{ customerId: 'contoso', check: 'token-limit' }], {
    trigger: 'cli',
    parallel: 1,
    store: true,
  });
  await tested.pass(12 * 3_600_000);
  await tested.app.audit([{ customerId: 'contoso', check: 'access' }], { trigger: 'cli', parallel: 1, store: true });
});
afterAll(() => tested.close());

async function usage(query: string, id = 'contoso') {
  const url = new URL(`https://audits.example/api/customers/${id}/usage${query}`);
  const request = { method: 'GET', url, params: { id }, body: '', requestId: 'invocation-1' };
  const { status, body } = await answer('usage', request, async () => tested.app);
  return { status, body: JSON.parse(body) };
}

test.each([
  ['', ['2026-01-05', '2026-01-06'], 80],
  ['?from=2026-01-06', ['2026-01-06'], 20],
  ['?to=2026-01-05T23:00:00Z', ['2026-01-05'], 60],
  ['?from=2026-01-07', [], 0],
])('usage%s tells what the audits of these days used', async (query, days, tokens) => {
  const { status, body } = await usage(query);
  expect([
    status,
    body.days.map(({ day }: { readonly day: string }) => day),
    body.total.synthetic.tokens.total,
  ]).toEqual([200, days, tokens]);
});

test('what is no time, and who is no customer, is said', async () => {
  expect([(await usage('?from=yesterday')).status, (await usage('', 'nobody')).status]).toEqual([400, 404]);
});
