import { aBreaker, aPolicy, aRetry, aTokenLimit, healthyApim } from '../../adapters/apim/a-healthy-apim';
import { forbidden, resourceId } from '../../adapters/apim/arm-server';
import { audit, lastDrift, lastTokenLimit, notPassed } from './a-planted-service';

test('what has changed since the last audit is told, and what was measured before it is no proof', async () => {
  const { findings } = await audit({
    earlierAudits: [await lastDrift(), lastTokenLimit(1900, 2000, { verdicts: { 'limit-value': 'fail' } })],
    arm: {
      '/products/gold/policies/policy': `${String(healthyApim['/products/gold/policies/policy'])}<!-- touched -->`,
      '/backends/sweden': { url: 'https://sweden2.openai.azure.com/openai', circuitBreaker: aBreaker() },
    },
  });
  const told = findings.filter(({ rule }) => ['configuration-changes', 'enforced-as-configured'].includes(rule));
  expect(told).toEqual([
    {
      rule: 'enforced-as-configured',
      verdict: 'inconclusive',
      expected: '1000 tokens/min as configured, allowed as for token-limit',
      observed: 'between 1900 and 2000 tokens/min, measured 2026-11-21T04:00:00.000Z',
      because: 'The configuration has changed since it was last read, so that the measured limit may be the old one.',
    },
    {
      rule: 'configuration-changes',
      verdict: 'pass',
      expected: 'changes since 2026-11-15T00:00:00.000Z are told',
      observed: 'policy of product gold has changed; backend sweden has changed',
      because: 'These parts have other hashes than at the last audit.',
    },
  ]);
});

test('nothing has changed: that is told as well', async () => {
  const { findings } = await audit({ earlierAudits: [await lastDrift()] });
  expect(findings.at(-1)).toEqual({
    rule: 'configuration-changes',
    verdict: 'pass',
    expected: 'changes since 2026-11-15T00:00:00.000Z are told',
    observed: 'nothing has changed',
    because: 'All hashes are the same.',
  });
});

test('after an audit that could read nothing, nothing is told to be new', async () => {
  const unread = { ...(await lastDrift()), estimate: { configuration: {} } };
  const { findings } = await audit({ earlierAudits: [unread] });
  expect(findings.map(({ rule }) => rule)).not.toContain('configuration-changes');
});

const limitedOperation = aPolicy({ inbound: `<base />${aTokenLimit(10)}`, backend: aRetry });

test('another API that the same limit is promised for has a way of its own', async () => {
  const planted = {
    gateway: { surfaces: ['chat', 'embeddings'] as const },
    arm: {
      '/apis/aoai/operations/embeddings': { method: 'POST', urlTemplate: '/deployments/{id}/embeddings' },
      '/apis/aoai/operations/embeddings/policies/policy': limitedOperation,
    },
  };
  const { findings } = await audit(planted);
  expect(findings.filter(({ verdict }) => verdict !== 'pass')).toEqual([
    {
      rule: 'limit-configured',
      verdict: 'fail',
      expected: '1000 tokens/min for embeddings',
      observed: '10 tokens/min, in the policy of operation embeddings',
      because: 'The policy says something else than was sold.',
    },
  ]);
});

test.each([
  ['v1', ['v1-chat']],
  ['deployments', ['chat']],
] as const)('of several operations for chat, that of the %s API is looked at', async (api, limited) => {
  const others = ['chat', 'v1-chat', 'extensions'].filter((operation) => !limited.some((one) => one === operation));
  const unlike = others.map((operation) => [`/apis/aoai/operations/${operation}/policies/policy`, limitedOperation]);
  const arm = {
    '/apis/aoai/operations/a': { method: 'POST', urlTemplate: '/*' },
    '/apis/aoai/operations/extensions': {
      method: 'POST',
      urlTemplate: '/deployments/{id}/extensions/chat/completions',
    },
    '/apis/aoai/operations/v1-chat': { method: 'POST', urlTemplate: '/v1/chat/completions' },
    ...Object.fromEntries(unlike),
  };
  expect(await notPassed({ gateway: { api }, arm })).toEqual({});
});

test('a bypass is told in full', async () => {
  const { findings } = await audit({
    arm: { '/subscriptions/contoso': { scope: `${resourceId}/apis`, state: 'active' } },
  });
  expect(findings.find(({ rule }) => rule === 'limit-reachable')).toEqual({
    rule: 'limit-reachable',
    verdict: 'fail',
    expected: "chat requests with this customer's key come by the token limit",
    observed: 'a key of all APIs; the limit stands in the policy of product gold',
    because: "A product's policy applies only to keys of product gold: requests with this key are not limited by it.",
  });
});

test('who lacks which role is told', async () => {
  const { findings } = await audit({ refuse: () => forbidden('Microsoft.ApiManagement/service/read') });
  expect(findings).toEqual([
    {
      rule: 'configuration-read',
      verdict: 'inconclusive',
      expected: 'what contoso declares of API aoai can be read',
      observed: 'not read: service, api',
      because: `The identity with object id bbbbbbbb-0000-0000-0000-000000000001 may not read it (403, Microsoft.ApiManagement/service/read); give it API Management Service Reader Role on ${resourceId}.`,
    },
  ]);
});
