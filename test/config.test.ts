import { checkNames } from '../src/audit/declaration';
import { declarationOf } from '../src/config';
import { aConfigFile, parsed, problemsOf } from './a-config';

const settingsOfEveryCheck = {
  tolerancePercent: 10,
  maxTokensFactor: 2,
  burstProbes: 4,
  exhaustQuota: false,
  tolerancePoints: 10,
  errorRate: 0.001,
  maxProbes: 1000,
  provokeFailover: false,
  calls: 15,
  streamedShare: 0.3,
  with: [],
};

test('the least that can be written gets every default', () => {
  expect(parsed(aConfigFile())).toEqual({
    gateways: [
      {
        id: 'main',
        endpoint: 'https://contoso.azure-api.net/aoai',
        deployment: 'gpt-4o',
        api: 'deployments',
        apiVersion: '2024-10-21',
        surfaces: ['chat'],
        surfaceDeployments: {},
        auth: { keyHeader: 'api-key' },
        headers: {
          consumedTokens: null,
          remainingTokens: null,
          remainingQuotaTokens: null,
          retryAfter: 'retry-after',
          backend: 'x-ms-region',
        },
        limiter: 'unknown',
        counters: 1,
        completionTokensParameter: 'auto',
        maxPromptTokens: 32_000,
        extraBody: {},
        meter: { kind: 'none' },
      },
    ],
    customers: [
      {
        id: 'contoso',
        gateway: 'main',
        tokensPerMinute: 100,
        key: { setting: 'CONTOSO_KEY' },
        subscriptionId: 'contoso',
        counter: 'contoso',
        dedicated: false,
        checks: ['limit-status', 'access'],
        alsoDeployments: [],
        schedule: {
          'limit-status': '0 */15 * * * *',
          access: '0 0 1 * * *',
          'load-balance': '0 0 2 * * *',
          usage: '0 0 3 * * *',
          'token-limit': '0 0 4 * * *',
          'config-drift': '0 0 0 * * 0',
          isolation: '0 0 5 * * 0',
          'client-experience': '0 0 6 * * 0',
          'token-quota': '0 0 7 * * 0',
        },
        maxTokensPerDay: 2000,
        quietHours: [],
        checkSettings: Object.fromEntries(checkNames.map((check) => [check, settingsOfEveryCheck])),
      },
    ],
    schedules: {
      'limit-status': '0 */15 * * * *',
      access: '0 0 1 * * *',
      'load-balance': '0 0 2 * * *',
      usage: '0 0 3 * * *',
      'token-limit': '0 0 4 * * *',
      'config-drift': '0 0 0 * * 0',
      isolation: '0 0 5 * * 0',
      'client-experience': '0 0 6 * * 0',
      'token-quota': '0 0 7 * * 0',
    },
    alerts: [],
  });
});

test("the parts that have parts of their own get theirs' defaults", () => {
  const config = parsed(
    aConfigFile({
      gateway: {
        endpoint: 'https://contoso.azure-api.net/aoai//',
        headers: { consumedTokens: 'Consumed-Tokens', retryAfter: null },
        pool: {
          members: [{ id: 'Sweden Central' }, { id: 'France Central', answersAs: 'fr', priority: 2, weight: 3 }],
        },
        meter: { kind: 'log-analytics', workspaceId: 'w', source: 'llmLog' },
      },
      customer: { schedule: { access: '0 30 1 * * *' }, checkSettings: { 'token-limit': { maxTokensFactor: 2.5 } } },
      rest: {
        schedules: { access: '0 0 2 * * *', usage: '0 0 5 * * *' },
        alerts: [{ webhook: { setting: 'CONTOSO_HOOK' } }],
      },
    }),
  );
  const [gateway] = config.gateways;
  const [customer] = config.customers;
  expect({
    endpoint: gateway?.endpoint,
    headers: gateway?.headers,
    pool: gateway?.pool,
    meter: gateway?.meter,
    alerts: config.alerts,
    schedules: [customer?.schedule.access, customer?.schedule.usage, config.schedules.access],
    maxTokensFactors: [
      customer?.checkSettings['token-limit'].maxTokensFactor,
      customer?.checkSettings.usage.maxTokensFactor,
    ],
  }).toEqual({
    endpoint: 'https://contoso.azure-api.net/aoai',
    headers: {
      consumedTokens: 'consumed-tokens',
      remainingTokens: null,
      remainingQuotaTokens: null,
      retryAfter: null,
      backend: 'x-ms-region',
    },
    pool: {
      members: [
        { id: 'Sweden Central', answersAs: 'Sweden Central', priority: 1, weight: 1 },
        { id: 'France Central', answersAs: 'fr', priority: 2, weight: 3 },
      ],
      failures: 1,
      interval: 'PT1M',
      tripDuration: 'PT30S',
      acceptRetryAfter: true,
      instances: 1,
      retries: 0,
      exclusive: false,
    },
    meter: {
      kind: 'log-analytics',
      workspaceId: 'w',
      source: 'llmLog',
      dimension: 'Subscription ID',
      settleAfter: 'PT30M',
    },
    alerts: [{ webhook: { setting: 'CONTOSO_HOOK' }, on: ['fail', 'recovered', 'missed'] }],
    schedules: ['0 30 1 * * *', '0 0 5 * * *', '0 0 2 * * *'],
    maxTokensFactors: [2.5, 2],
  });
});

const pool = { members: [{ id: 'a' }, { id: 'b' }] };
const meter = { kind: 'http', url: 'https://meter.example/rows' };

test.each([
  ['nothing special', {}, {}, ['limit-status', 'access']],
  ['a pool', { pool }, {}, ['limit-status', 'access', 'load-balance']],
  ['a meter', { meter }, {}, ['limit-status', 'access', 'usage']],
  ['a dedicated key', {}, { dedicated: true }, ['limit-status', 'access', 'token-limit', 'client-experience']],
  [
    'a dedicated key and a quota',
    {},
    { dedicated: true, tokenQuota: { tokens: 10_000, period: 'Monthly' } },
    ['limit-status', 'access', 'token-limit', 'client-experience'],
  ],
  [
    'a dedicated key and a quota that may be used up',
    {},
    {
      dedicated: true,
      tokenQuota: { tokens: 10_000, period: 'Monthly' },
      checkSettings: { 'token-quota': { exhaustQuota: true } },
    },
    ['limit-status', 'access', 'token-limit', 'client-experience', 'token-quota'],
  ],
  [
    'names of checks',
    { pool },
    { dedicated: true, checks: ['token-limit', 'access', 'access'] },
    ['token-limit', 'access'],
  ],
])('with %s the checks are chosen', (_, gateway, customer, checks) => {
  expect(parsed(aConfigFile({ gateway, customer })).customers[0]?.checks).toEqual(checks);
});

test('a gateway that takes tokens of an identity needs no keys', () => {
  const entra = { auth: { entraScope: 'https://cognitiveservices.azure.com/.default' } };
  expect(problemsOf(aConfigFile({ gateway: entra, customer: { key: undefined } }))).toEqual([]);
});

test('where no settings are known, keys are taken to be set', () => {
  expect(problemsOf(aConfigFile(), {})).toEqual(['customers[0].key.setting: the setting CONTOSO_KEY is not set']);
  expect(problemsOf(aConfigFile(), null)).toEqual([]);
});

test('a declaration is the customer, its gateway and the settings of one check', () => {
  const config = parsed(aConfigFile({ customer: { checkSettings: { 'token-limit': { tolerancePercent: 5 } } } }));
  const { checkSettings: _, ...customer } = config.customers[0] ?? { checkSettings: null };
  expect(declarationOf(config, 'contoso', 'token-limit')).toEqual({
    customer,
    gateway: config.gateways[0],
    settings: { ...settingsOfEveryCheck, tolerancePercent: 5 },
  });
  expect(() => declarationOf(config, 'nobody', 'access')).toThrow('The configuration has no customer nobody.');
});

test('ten thousand customers are read in a second or two', () => {
  const customers = Array.from({ length: 10_000 }, (_, index) => ({
    id: `customer-${index}`,
    gateway: 'main',
    tokensPerMinute: 100,
    dedicated: true,
    key: { setting: 'CONTOSO_KEY' },
  }));
  const startedMs = performance.now();
  expect(parsed({ ...aConfigFile(), customers }).customers.length).toBe(10_000);
  expect(performance.now() - startedMs).toBeLessThan(5000);
});
