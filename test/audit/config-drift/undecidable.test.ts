import { aTokenLimit } from '../../adapters/a-healthy-apim';
import { forbidden } from '../../adapters/arm-server';
import { aPool, apiPolicy, goldPolicy, notPassed, type Planted } from './a-planted-service';

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
