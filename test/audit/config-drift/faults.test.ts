import { aBreaker, aMetric, aPolicy, aRetry, aTokenLimit } from '../../adapters/apim/a-healthy-apim';
import { resourceId } from '../../adapters/apim/arm-server';
import { aDeclaration } from '../a-declaration';
import {
  aPool,
  apiPolicy,
  goldPolicy,
  logAnalytics,
  member,
  members,
  notPassed,
  type Planted,
  withoutPool,
} from './a-planted-service';

describe('each of these faults is found, and nothing else', () => {
  test.each<[string, Planted, Readonly<Record<string, string>>]>([
    [
      'a named value that was changed',
      { arm: { '/namedValues/5f1': { displayName: 'gold-tpm', value: '2000', secret: false } } },
      { 'limit-configured': 'fail' },
    ],
    [
      'a policy whose limit was changed',
      { arm: goldPolicy(`<base />${aTokenLimit(900)}`) },
      { 'limit-configured': 'fail' },
    ],
    [
      'a tighter limit of all APIs',
      { arm: { '/policies/policy': aPolicy({ inbound: aTokenLimit(300), backend: '<forward-request />' }) } },
      { 'limit-configured': 'fail' },
    ],
    ['a limit that was taken out', { arm: goldPolicy('<base />') }, { 'limit-configured': 'fail' }],
    [
      'a limit that was commented out',
      { arm: goldPolicy(`<base /><!-- ${aTokenLimit(1000)} -->`) },
      { 'limit-configured': 'fail' },
    ],
    [
      'a product’s limit and a key of all APIs',
      { arm: { '/subscriptions/contoso': { scope: `${resourceId}/apis`, state: 'active' } } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a product’s limit and a key of the API',
      { arm: { '/subscriptions/contoso': { scope: `${resourceId}/apis/aoai`, state: 'active' } } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a product’s limit and the all-access key',
      { arm: { '/subscriptions/contoso': { scope: `${resourceId}/`, state: 'active' } } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a product’s limit and a key of another product',
      {
        arm: {
          '/subscriptions/contoso': { scope: `${resourceId}/products/silver`, state: 'active' },
          '/apis/aoai/products/silver': {},
        },
      },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a product that no longer holds the API',
      { arm: { '/apis/aoai/products/gold': null } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a key of another API',
      { arm: { '/subscriptions/contoso': { scope: `${resourceId}/apis/other`, state: 'active' } } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'an API’s policy that lost its <base/>',
      { arm: { '/apis/aoai/policies/policy': apiPolicy.replace('<base />', '') } },
      { 'limit-reachable': 'fail' },
    ],
    [
      'an operation’s policy without <base/>',
      {
        arm: {
          '/apis/aoai/operations/chat/policies/policy': aPolicy({ inbound: '', backend: aRetry }),
          '/policyFragments/metrics': null,
        },
        gateway: withoutPool,
      },
      { 'limit-reachable': 'fail' },
    ],
    [
      'a limit that is too high, beside a looser one that is not on the way',
      {
        arm: {
          '/subscriptions/contoso': { scope: `${resourceId}/apis`, state: 'active' },
          '/apis/aoai/policies/policy': apiPolicy.replace('<base />', `<base />${aTokenLimit(2000)}`),
          ...goldPolicy(`<base />${aTokenLimit(5000)}`),
        },
      },
      { 'limit-configured': 'fail' },
    ],
    [
      'a limit of embeddings alone, where chat was sold one as well',
      {
        gateway: { surfaces: ['chat', 'embeddings'] },
        arm: {
          ...goldPolicy('<base />'),
          '/apis/aoai/operations/embeddings': { method: 'POST', urlTemplate: '/deployments/{id}/embeddings' },
          '/apis/aoai/operations/embeddings/policies/policy': aPolicy({ inbound: `<base />${aTokenLimit(1000)}` }),
        },
      },
      { 'limit-configured': 'fail' },
    ],
    [
      'a quota that was taken out',
      { customer: { tokenQuota: { tokens: 50_000, period: 'Monthly' } } },
      { 'quota-configured': 'fail' },
    ],
    [
      'a quota of another period',
      {
        customer: { tokenQuota: { tokens: 50_000, period: 'Monthly' } },
        arm: goldPolicy(`<base />${aTokenLimit(1000, 'token-quota="50000" token-quota-period="Weekly" ')}`),
      },
      { 'quota-configured': 'fail' },
    ],
    [
      'a count of tokens under another name',
      { arm: goldPolicy(`<base />${aTokenLimit(1000).replace('"consumed-tokens"', '"x-used"')}`) },
      { 'headers-configured': 'fail' },
    ],
    [
      'a wait under another name than was declared',
      {
        arm: goldPolicy(`<base />${aTokenLimit(1000, 'retry-after-header-name="x-wait" ')}`),
        gateway: { headers: { ...aDeclaration().gateway.headers, retryAfter: 'x-later' } },
      },
      { 'headers-configured': 'fail' },
    ],
    [
      'a pool that lost its weights',
      {
        arm: members([
          member('sweden', { priority: 1 }),
          member('france', { priority: 1 }),
          member('paygo', { priority: 2 }),
        ]),
      },
      { 'pool-configured': 'fail' },
    ],
    [
      'a pool that lost its priorities',
      {
        arm: members([
          member('sweden', { weight: 3 }),
          member('france', { weight: 1 }),
          member('paygo', { weight: 1 }),
        ]),
      },
      { 'pool-configured': 'fail' },
    ],
    [
      'a pool that lost a member',
      { arm: members([member('sweden', { priority: 1, weight: 3 }), member('paygo', { priority: 2 })]) },
      { 'pool-configured': 'fail' },
    ],
    [
      'a pool with a member that nobody declared, where all others are named alike',
      {
        gateway: {
          pool: {
            ...aPool,
            members: ['sweden', 'paygo'].map((id, at) => ({ id, answersAs: id, priority: at + 1, weight: 1 })),
          },
        },
      },
      { 'pool-configured': 'fail' },
    ],
    [
      'one backend in place of the pool',
      { arm: { '/apis/aoai/policies/policy': apiPolicy.replaceAll('openai-pool', 'sweden') } },
      { 'pool-configured': 'fail' },
    ],
    [
      'a member that lost its breaker',
      { arm: { '/backends/france': { url: 'https://france.openai.azure.com/openai' } } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'a breaker that takes longer than was declared',
      {
        arm: { '/backends/france': { url: 'https://x', circuitBreaker: aBreaker({ tripDuration: 'PT5M' }) } },
        gateway: { pool: { ...aPool, tripDuration: 'PT45S' } },
      },
      { 'breaker-configured': 'fail' },
    ],
    [
      'a breaker that obeys Retry-After, where it was declared not to',
      { gateway: { pool: { ...aPool, acceptRetryAfter: false } } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'a breaker of one failure, where more were declared',
      { gateway: { pool: { ...aPool, failures: 3 } } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'other retries',
      { arm: { '/apis/aoai/policies/policy': apiPolicy.replace('count="1"', 'count="5"') } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'metrics without diagnostics',
      { gateway: { meter: logAnalytics }, arm: { '/apis/aoai/diagnostics/applicationinsights': null } },
      { 'metering-configured': 'fail' },
    ],
    [
      'diagnostics with metrics off',
      {
        gateway: { meter: logAnalytics },
        arm: {
          '/apis/aoai/diagnostics/applicationinsights': { metrics: false },
          '/diagnostics/applicationinsights': { metrics: true },
        },
      },
      { 'metering-configured': 'fail' },
    ],
    [
      'a meter without a token metric policy',
      { gateway: { meter: logAnalytics }, arm: { '/policyFragments/metrics': '<fragment />' } },
      { 'metering-configured': 'fail' },
    ],
    [
      'a metric without its dimension',
      {
        gateway: { meter: logAnalytics },
        arm: { '/policyFragments/metrics': `<fragment>${aMetric.replace('Subscription ID', 'User ID')}</fragment>` },
      },
      { 'metering-configured': 'fail' },
    ],
    [
      'a log of the model that is off',
      { gateway: { meter: { ...logAnalytics, source: 'llmLog' } } },
      { 'metering-configured': 'fail' },
    ],
    ['another tier', { gateway: { limiter: 'sliding-window' } }, { 'limiter-configured': 'fail' }],
  ])('%s', async (_, planted, expected) => {
    expect(await notPassed(planted)).toEqual(expected);
  });
});
