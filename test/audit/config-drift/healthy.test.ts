import { aMetric, aPolicy, aTokenLimit, healthyApim } from '../../adapters/apim/a-healthy-apim';
import { resourceId } from '../../adapters/apim/arm-server';
import {
  apiPolicy,
  audit,
  goldPolicy,
  lastTokenLimit,
  logAnalytics,
  member,
  members,
  notPassed,
  type Planted,
  withoutPool,
} from './a-planted-service';

test('a service that says what was declared passes every rule that it gives occasion to', async () => {
  const { findings } = await audit({ earlierAudits: [lastTokenLimit(960, 1000)] });
  expect(findings.map(({ rule, verdict }) => [rule, verdict])).toEqual([
    ['configuration-read', 'pass'],
    ['limit-configured', 'pass'],
    ['limit-reachable', 'pass'],
    ['counted-on', 'pass'],
    ['headers-configured', 'pass'],
    ['pool-configured', 'pass'],
    ['breaker-configured', 'pass'],
    ['metering-configured', 'pass'],
    ['limiter-configured', 'pass'],
    ['regional-gateways', 'pass'],
    ['enforced-as-configured', 'pass'],
  ]);
});

const metricOf = (known: readonly string[], own: number) =>
  aMetric.replace(
    /<dimension.*\/>/,
    [
      ...known.map((name) => `<dimension name="${name}" />`),
      ...Array.from({ length: own }, (_, at) => `<dimension name="own ${at}" value="x" />`),
    ].join(''),
  );

test.each<[string, Planted]>([
  [
    'a limit in the API’s policy for a key of all APIs',
    {
      arm: {
        '/apis/aoai/policies/policy': apiPolicy.replace('<base />', `<base />${aTokenLimit(1000)}`),
        '/subscriptions/contoso': { scope: `${resourceId}/apis`, state: 'active' },
      },
    },
  ],
  [
    'a limit in a fragment, in the operation’s policy, behind several <base/>',
    {
      arm: {
        ...goldPolicy('<base />'),
        '/apis/aoai/operations/chat/policies/policy': aPolicy({
          inbound: '<include-fragment fragment-id="limit" /><base />',
        }),
        '/policyFragments/limit': `<fragment>${aTokenLimit(1000)}</fragment>`,
      },
    },
  ],
  [
    'a tighter limit in front of a looser one that applies under a condition only',
    {
      arm: goldPolicy(
        `<base />${aTokenLimit(1000)}<choose><when condition="@(true)">${aTokenLimit(5000)}</when></choose>`,
      ),
    },
  ],
  [
    'priorities and weights that mean the same',
    {
      arm: members([
        member('sweden', { priority: 0, weight: 30 }),
        member('france', { priority: 0, weight: 10 }),
        member('paygo', { priority: 7 }),
      ]),
    },
  ],
  [
    'retries whose number is an expression',
    { arm: { '/apis/aoai/policies/policy': apiPolicy.replace('count="1"', 'count="@(1 + 0)"') } },
  ],
  [
    'a backend of all APIs that the API replaces by its pool',
    {
      arm: {
        '/policies/policy': aPolicy({
          inbound: '<set-backend-service backend-id="unrelated" />',
          backend: '<forward-request />',
        }),
      },
    },
  ],
  [
    'a limit in the policy of an operation that takes all paths',
    {
      arm: {
        ...goldPolicy('<base />'),
        '/apis/aoai/operations/chat': { method: 'POST', urlTemplate: '/{*path}' },
        '/apis/aoai/operations/chat/policies/policy': aPolicy({
          inbound: `<base />${aTokenLimit(1000)}`,
          backend: '<base />',
        }),
      },
    },
  ],
  [
    'no pool declared',
    {
      gateway: withoutPool,
      arm: { '/backends/openai-pool': null },
    },
  ],
  [
    'a service behind a regional address',
    {
      gateway: { endpoint: 'https://contoso-swedencentral-01.regional.azure-api.net/aoai' },
      arm: {
        '': {
          ...(healthyApim[''] as object),
          properties: {
            additionalLocations: [{ location: 'France Central', sku: { name: 'StandardV2', capacity: 1 } }],
          },
        },
      },
    },
  ],
  [
    'the quota that was declared',
    {
      customer: { tokenQuota: { tokens: 50_000, period: 'Monthly' } },
      arm: goldPolicy(`<base />${aTokenLimit(1000, 'token-quota="50000" token-quota-period="monthly" ')}`),
    },
  ],
  [
    'five dimensions of its own beside those that the service knows',
    {
      gateway: { meter: logAnalytics },
      arm: { '/policyFragments/metrics': `<fragment>${metricOf(['Subscription ID', 'API ID'], 5)}</fragment>` },
    },
  ],
  ['metrics with the dimension that the meter is read by', { gateway: { meter: logAnalytics } }],
  [
    'limits whose headers nobody declared',
    {
      gateway: {
        headers: {
          consumedTokens: null,
          remainingTokens: null,
          remainingQuotaTokens: null,
          retryAfter: null,
          backend: null,
        },
      },
    },
  ],
])('nothing is blamed for %s', async (_, planted) => {
  expect(await notPassed(planted)).toEqual({});
});
