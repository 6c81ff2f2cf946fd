import { checkNames } from '../../src/audit/declaration';
import { noticesOf } from '../../src/config/notices';
import { aConfigFile, parsed } from '../a-config';

const pool = { members: [{ id: 'a' }] };

test('a configuration of which everything is in use and paid for has no notices', () => {
  expect(noticesOf(parsed(aConfigFile()), checkNames)).toEqual([]);
});

test.each([
  ['a check that is not built yet', { gateway: { pool } }, ['the check load-balance is not yet in use (contoso)']],
  [
    'an api version that v1 does not take',
    { gateway: { api: 'v1' } },
    ['gateways[0].apiVersion: has no effect with "api": "v1"'],
  ],
  [
    'an endpoint that may hold a piece too much',
    { gateway: { endpoint: 'https://contoso.example/openai/' } },
    ['gateways[0].endpoint: probes go to …/openai/openai/deployments/…; is that meant?'],
  ],
  [
    'an API Management that nobody reads, and of which nothing could be read',
    { gateway: { apim: { resourceId: '/subscriptions/s', api: 'aoai' } } },
    [
      "gateways[0].apim.resourceId: is no API Management service's resource id, so that nothing can be read there",
      'gateways[0].apim: is read by the check config-drift, which no customer of main names',
    ],
  ],
  [
    'a missing price',
    { rest: { prices: { currency: 'EUR', models: {} } } },
    ['prices.models: no price for gpt-4o, the deployment of main'],
  ],
  [
    'a budget that is too small',
    { customer: { maxTokensPerDay: 500 } },
    [
      'customers[0].maxTokensPerDay: 500 may not do for its checks, which can need 1980 a day; what goes beyond is left out',
    ],
  ],
  [
    "a budget of the service that is too small for its customers'",
    { rest: { maxTokensPerDay: 1000 } },
    ['maxTokensPerDay: 1000 may not do for its checks, which can need 1980 a day; what goes beyond is left out'],
  ],
])('tells of %s', (_, parts, notices) => {
  expect(noticesOf(parsed(aConfigFile(parts)), ['limit-status', 'access', 'token-limit'])).toEqual(notices);
});

test('many customers are named as three and a number', () => {
  const file = aConfigFile({ gateway: { pool } });
  const customers = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
    id,
    gateway: 'main',
    tokensPerMinute: 100,
    key: { setting: 'CONTOSO_KEY' },
  }));
  expect(noticesOf(parsed({ ...file, customers }), ['limit-status', 'access'])).toEqual([
    'the check load-balance is not yet in use (a, b, c and 2 more)',
  ]);
});
