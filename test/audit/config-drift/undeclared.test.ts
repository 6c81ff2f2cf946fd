import { aBreaker, aTokenLimit, healthyApim } from '../../adapters/apim/a-healthy-apim';
import { aPool, audit, goldPolicy, type Planted } from './a-planted-service';

/* What nobody declared was not promised: where the configuration is another than its default, that is told. */

const secondRegion = {
  '': {
    ...(healthyApim[''] as object),
    properties: { additionalLocations: [{ location: 'France Central', sku: { name: 'StandardV2', capacity: 1 } }] },
  },
};

test.each<[string, Planted, Readonly<Record<string, string>>]>([
  [
    'a quota',
    { arm: goldPolicy(`<base />${aTokenLimit(1000, 'token-quota="5" token-quota-period="Daily" ')}`) },
    { 'quota-configured': 'No tokenQuota is declared, so that nobody can tell whether this one was sold.' },
  ],
  [
    'a counter for all who come by that policy',
    { arm: goldPolicy(`<base />${aTokenLimit(1000).replace('@(context.Subscription.Id)', 'all')}`) },
    {
      'counted-on': 'It is its own only if nobody else comes by that policy; customers that share it declare counter.',
    },
  ],
  [
    'a counter for the whole API',
    { arm: goldPolicy(`<base />${aTokenLimit(1000).replace('context.Subscription.Id', 'context.Api.Id')}`) },
    {
      'counted-on': 'It is its own only if nobody else comes by that policy; customers that share it declare counter.',
    },
  ],
  [
    'a renamed Retry-After',
    { arm: goldPolicy(`<base />${aTokenLimit(1000, 'retry-after-header-name="x-wait" ')}`) },
    {
      'headers-configured':
        'The limit in the policy of product gold sends it by another name than the usual one; headers.retryAfter declares which.',
    },
  ],
  [
    'a second regional gateway',
    { arm: secondRegion },
    {
      'regional-gateways':
        'Each regional gateway counts by itself: if requests reach several, counters declares how many.',
    },
  ],
  [
    'a breaker unlike the one that is taken where none is declared',
    {
      arm: {
        '/backends/france': {
          url: 'https://x',
          circuitBreaker: aBreaker({
            acceptRetryAfter: false,
            tripDuration: 'PT5M',
            failureCondition: { count: 3, interval: 'PT5M' },
          }),
        },
      },
    },
    {
      'breaker-configured':
        'Of france is configured otherwise what is taken where nothing is declared: failures, interval, tripDuration, acceptRetryAfter; pool declares them.',
    },
  ],
  [
    'a breaker that trips at a percentage, which nobody can declare',
    {
      arm: Object.fromEntries(
        ['sweden', 'france', 'paygo'].map((name) => [
          `/backends/${name}`,
          { url: 'https://x', circuitBreaker: aBreaker({ failureCondition: { percentage: 50, interval: 'PT1M' } }) },
        ]),
      ),
      gateway: { pool: { ...aPool, failures: 3 } },
    },
    { 'breaker-configured': 'The breaker of sweden trips at a percentage, which cannot be declared.' },
  ],
  [
    'metrics that go nowhere, and that no meter is read from',
    { arm: { '/apis/aoai/diagnostics/applicationinsights': null } },
    {
      'metering-configured':
        'Without them what the policy emits goes nowhere; no meter is declared that would be read from it.',
    },
  ],
  [
    'retries where none are declared',
    { gateway: { pool: { ...aPool, retries: 0 } } },
    { 'breaker-configured': 'The gateway tries again; pool.retries declares how often.' },
  ],
])('nobody is blamed for %s', async (_, planted, expected) => {
  const { findings } = await audit(planted);
  const told = findings.filter(({ verdict }) => verdict !== 'pass');
  expect(told.map(({ rule, verdict }) => [rule, verdict])).toEqual(
    Object.keys(expected).map((rule) => [rule, 'inconclusive']),
  );
  expect(Object.fromEntries(told.map(({ rule, because }) => [rule, because]))).toEqual(expected);
});

test('of several limits any may send the count of tokens: what it says is the same', async () => {
  const headers = { consumedTokens: 'x-used', remainingTokens: null, remainingQuotaTokens: null };
  const { findings } = await audit({
    arm: goldPolicy(`${aTokenLimit(9000).replace('"consumed-tokens"', '"x-used"')}${aTokenLimit(1000)}`),
    gateway: { headers: { ...headers, retryAfter: 'retry-after', backend: null } },
  });
  expect(findings.find(({ rule }) => rule === 'headers-configured')?.verdict).toBe('pass');
});
