import { dayCostsOf, defaultMaxTokensPerDay, moneyOf, neededTokensPerDay } from '../../src/audit/audit-cost';
import { parseConfig } from '../../src/config';

/** The costs of one customer whose configuration shows only what matters. */
function costsOf(customer: object, gateway: object = {}) {
  const text = JSON.stringify({
    gateways: [{ id: 'main', endpoint: 'https://gateway.example/aoai', deployment: 'm', apiVersion: 'v', ...gateway }],
    customers: [{ id: 'contoso', gateway: 'main', tokensPerMinute: 1000, key: { setting: 'KEY' }, ...customer }],
  });
  const config = parseConfig(text, 'a test', null);
  const [[only], [declared]] = [config.customers, config.gateways];
  if (!only || !declared) throw new Error('The test has no customer.');
  return { customer: only, costs: dayCostsOf({ customer: only, gateway: declared }, only.checkSettings) };
}

test('small checks cost a small probe each, and lock nobody out', () => {
  expect(costsOf({}).costs).toEqual([
    {
      check: 'limit-status',
      auditsPerDay: 96,
      expected: { prompt: 96 * 14, completion: 96 },
      mostTokens: 96 * 20,
      lockedOutSeconds: 0,
    },
    {
      check: 'access',
      auditsPerDay: 1,
      expected: { prompt: 14, completion: 1 },
      mostTokens: 60,
      lockedOutSeconds: 0,
    },
  ]);
});

test.each([
  ['one counter', {}, {}, { prompt: 1300, completion: 0 }, 2350],
  ['three counters', {}, { counters: 3 }, { prompt: 3900, completion: 0 }, 7050],
  [
    'a larger factor',
    { checkSettings: { 'token-limit': { maxTokensFactor: 4 } } },
    {},
    { prompt: 1300, completion: 0 },
    4350,
  ],
])(
  'token-limit with %s costs a share of what it saturates, and a minute of refusals',
  (_, customer, gateway, expected, mostTokens) => {
    const { costs } = costsOf({ checks: ['token-limit'], ...customer }, gateway);
    expect(costs).toEqual([{ check: 'token-limit', auditsPerDay: 1, expected, mostTokens, lockedOutSeconds: 60 }]);
  },
);

test('a weekly check costs a seventh on average, and all of it on its day', () => {
  const { costs } = costsOf({ checks: ['client-experience'] });
  expect(costs).toEqual([
    {
      check: 'client-experience',
      auditsPerDay: 1 / 7,
      expected: { prompt: 1300 * (1 / 7), completion: 0 },
      mostTokens: 2350,
      lockedOutSeconds: 60 * (1 / 7),
    },
  ]);
});

test('a spread needs many probes only where members of the best priority answer differently', () => {
  const members = (...priorities: readonly number[]) => ({
    pool: { members: priorities.map((priority, index) => ({ id: `member-${index}`, priority })) },
  });
  const mostTokens = [members(1, 1), members(1, 2)].map(
    (gateway) => costsOf({ checks: ['load-balance'] }, gateway).costs[0]?.mostTokens,
  );
  expect(mostTokens).toEqual([20_000, 400]);
});

test.each([
  ['two priorities', [1, 2], 1400 + 170 * 20, 1400],
  ['one priority', [1, 1], 1400 + 1000 * 20, 1400],
  ['a single member', [1], 400, 0],
])(
  'a failover that is to be provoked among %s costs what reaches a limit, and what follows',
  (_, tiers, most, more) => {
    const pool = { members: tiers.map((priority, index) => ({ id: `member-${index}`, priority })) };
    const [plain, provoking] = [false, true].map(
      (provokeFailover) =>
        costsOf({ checks: ['load-balance'], checkSettings: { 'load-balance': { provokeFailover } } }, { pool })
          .costs[0],
    );
    expect(provoking?.mostTokens).toBe(most);
    expect((provoking?.expected.prompt ?? 0) - (plain?.expected.prompt ?? 0)).toBe(more);
  },
);

test('using a quota up locks out for half of its period on average', () => {
  const { costs } = costsOf({
    checks: ['token-quota'],
    tokenQuota: { tokens: 5000, period: 'Daily' },
    checkSettings: { 'token-quota': { exhaustQuota: true } },
    schedule: { 'token-quota': '0 0 7 * * *' },
  });
  expect(costs).toEqual([
    {
      check: 'token-quota',
      auditsPerDay: 1,
      expected: { prompt: 5000, completion: 0 },
      mostTokens: 6350,
      lockedOutSeconds: 43_200,
    },
  ]);
});

test.each([
  ['20 minutes of the limit', {}, 20_000],
  ['a twentieth of a daily quota', { tokenQuota: { tokens: 1_000_000, period: 'Daily' } }, 50_000],
  ['a twentieth of a monthly quota by day', { tokenQuota: { tokens: 3_000_000, period: 'Monthly' } }, 5000],
  ['a twentieth of an hourly quota for each hour', { tokenQuota: { tokens: 10_000, period: 'Hourly' } }, 12_000],
  ['what its checks need, where that is more', { tokenQuota: { tokens: 100, period: 'Yearly' } }, 1980],
])('the default budget of a day is %s', (_, customer, expected) => {
  const found = costsOf(customer);
  expect(found.customer.maxTokensPerDay).toBe(expected);
  expect(defaultMaxTokensPerDay(found.customer, found.costs)).toBe(expected);
  expect(neededTokensPerDay(found.costs)).toBe(1980);
});

test('money is prompt and completion at their own prices', () => {
  expect(moneyOf({ prompt: 2000, completion: 500 }, { promptPer1k: 0.25, completionPer1k: 1 })).toBe(1);
});
