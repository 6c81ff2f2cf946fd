import { aTokenLimit } from '../../adapters/a-healthy-apim';
import { forbidden } from '../../adapters/arm-server';
import { apiPolicy, goldPolicy, notPassed, type Planted } from './a-planted-service';

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
          '/apis/aoai/policies/policy': apiPolicy.replace('"openai-pool"', '"@((string)context.Variables["b"])"'),
        },
      },
      { 'pool-configured': 'inconclusive' },
    ],
  ])('%s', async (_, planted, expected) => {
    expect(await notPassed(planted)).toEqual(expected);
  });
});
