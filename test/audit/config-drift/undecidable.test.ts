import { aMetric, aPolicy, aTokenLimit } from '../../adapters/apim/a-healthy-apim';
import { forbidden, resourceId } from '../../adapters/apim/arm-server';
import { aPool, apiPolicy, goldPolicy, logAnalytics, notPassed, type Planted } from './a-planted-service';

describe('what nobody can tell never passes', () => {
  test.each<[string, Planted, Readonly<Record<string, string>>]>([
    [
      'an expression',
      { arm: goldPolicy(`<base />${aTokenLimit('@(1000 + 0)')}`) },
      { 'limit-configured': 'inconclusive' },
    ],
    [
      'a secret named value',
      { arm: { '/namedValues/5f1': { displayName: 'gold-tpm', secret: true } } },
      { 'limit-configured': 'inconclusive' },
    ],
    [
      'a choose branch',
      {
        arm: goldPolicy(
          `<base /><choose><when condition="@(context.User == null)">${aTokenLimit(1000)}</when></choose>`,
        ),
      },
      { 'limit-configured': 'inconclusive', 'limit-reachable': 'inconclusive' },
    ],
    [
      'a policy that is no XML',
      { arm: { '/products/gold/policies/policy': '<policies><inbound>' } },
      { 'configuration-read': 'inconclusive', 'limit-configured': 'inconclusive', 'pool-configured': 'inconclusive' },
    ],
    [
      'a product’s policy that may not be read',
      { refuse: (path) => (path.startsWith('/products/gold') ? forbidden('x/read') : null) },
      { 'configuration-read': 'inconclusive', 'limit-configured': 'inconclusive', 'pool-configured': 'inconclusive' },
    ],
    ['an unknown subscription', { customer: { subscriptionId: 'nobody' } }, { 'limit-reachable': 'inconclusive' }],
    [
      'subscriptions that may not be read',
      { refuse: (path) => (path.startsWith('/subscriptions') ? forbidden('x/read') : null) },
      { 'configuration-read': 'inconclusive', 'limit-reachable': 'inconclusive' },
    ],
    [
      'backends that may not be read',
      { refuse: (path) => (path === '/backends' ? forbidden('x/read') : null) },
      { 'configuration-read': 'inconclusive', 'pool-configured': 'inconclusive' },
    ],
    [
      'diagnostics that may not be read',
      { refuse: (path) => (path.endsWith('/diagnostics') ? forbidden('x/read') : null) },
      { 'configuration-read': 'inconclusive', 'metering-configured': 'inconclusive' },
    ],
    ['a service that may not be read', { refuse: () => forbidden('x/read') }, { 'configuration-read': 'inconclusive' }],
    [
      'a pool that an expression chooses',
      {
        arm: {
          '/apis/aoai/policies/policy': apiPolicy.replaceAll('"openai-pool"', '"@((string)context.Variables["b"])"'),
        },
      },
      { 'pool-configured': 'inconclusive' },
    ],
    [
      'a pool with more members than were declared, by other names: several may answer alike',
      { gateway: { pool: { ...aPool, members: aPool.members.filter(({ priority }) => priority === 1) } } },
      { 'pool-configured': 'inconclusive' },
    ],
    [
      'a choose branch for chat, beside a limit of embeddings alone',
      {
        gateway: { surfaces: ['chat', 'embeddings'] },
        arm: {
          ...goldPolicy('<base />'),
          '/apis/aoai/operations/chat/policies/policy': aPolicy({
            inbound: `<base /><choose><when condition="@(context.User == null)">${aTokenLimit(1000)}</when></choose>`,
          }),
          '/apis/aoai/operations/embeddings': { method: 'POST', urlTemplate: '/deployments/{id}/embeddings' },
          '/apis/aoai/operations/embeddings/policies/policy': aPolicy({ inbound: `<base />${aTokenLimit(1000)}` }),
        },
      },
      { 'limit-configured': 'inconclusive', 'limit-reachable': 'inconclusive' },
    ],
    [
      'an expression in the API’s policy, beside a product’s limit that the key does not come by',
      {
        arm: {
          '/subscriptions/contoso': { scope: `${resourceId}/apis`, state: 'active' },
          '/apis/aoai/policies/policy': apiPolicy.replace('<base />', `<base />${aTokenLimit('@(1000 + 0)')}`),
        },
      },
      { 'limit-configured': 'inconclusive' },
    ],
    [
      'more dimensions than are documented to be taken',
      {
        gateway: { meter: logAnalytics },
        arm: {
          '/policyFragments/metrics': `<fragment>${aMetric.replace('<dimension', `${'<dimension name="own" value="x" />'.repeat(6)}<dimension`)}</fragment>`,
        },
      },
      { 'metering-configured': 'inconclusive' },
    ],
    [
      'a metric that another policy emits',
      {
        gateway: { meter: logAnalytics },
        arm: {
          '/policyFragments/metrics': '<fragment />',
          '/products/gold/policies/policy': aPolicy({
            inbound: `<base />${aTokenLimit(1000)}`,
            outbound:
              '<base /><choose><when condition="@(true)"><emit-metric name="Total Tokens" value="1" /></when></choose>',
          }),
        },
      },
      { 'metering-configured': 'inconclusive' },
    ],
    [
      'an operation that nobody can find: its policy may hold the limit',
      {
        arm: {
          ...goldPolicy('<base />'),
          '/apis/aoai/operations/chat': { method: 'POST', urlTemplate: '/deployments/{id}/chat/{what}' },
          '/apis/aoai/operations/chat/policies/policy': aPolicy({ inbound: `<base />${aTokenLimit(1000)}` }),
        },
      },
      { 'limit-configured': 'inconclusive', 'pool-configured': 'inconclusive' },
    ],
    [
      'two subscriptions of the name that is declared',
      {
        customer: { subscriptionId: 'Acme' },
        arm: {
          '/subscriptions/a1': { displayName: 'Acme', scope: `${resourceId}/apis`, state: 'active' },
          '/subscriptions/a2': { displayName: 'acme', scope: `${resourceId}/products/gold`, state: 'active' },
        },
      },
      { 'limit-reachable': 'inconclusive' },
    ],
    [
      'a backend that is set under a condition, after another',
      {
        arm: {
          '/apis/aoai/policies/policy': apiPolicy
            .replace(
              '<set-backend-service backend-id="openai-pool" /></inbound>',
              '<set-backend-service backend-id="openai-pool" /><choose><when condition="@(true)"><set-backend-service backend-id="sweden" /></when></choose></inbound>',
            )
            .replace('<set-backend-service backend-id="openai-pool" /><forward-request', '<forward-request'),
        },
      },
      { 'pool-configured': 'inconclusive' },
    ],
  ])('%s', async (_, planted, expected) => {
    expect(await notPassed(planted)).toEqual(expected);
  });
});
