import { openApim } from '../../../src/adapters/open-apim';
import { configDrift } from '../../../src/audit/checks/config-drift';
import type { CustomerDeclaration, GatewayDeclaration } from '../../../src/audit/declaration';
import { driveCheck } from '../../../src/audit/drive-check';
import type { EarlierAudit } from '../../../src/audit/earlier-audits';
import {
  aBreaker,
  aMetric,
  aPolicy,
  aRetry,
  aTokenLimit,
  healthyApim,
  healthyCustomer,
  healthyGateway,
} from '../../adapters/a-healthy-apim';
import { type ArmResources, type ArmServer, forbidden, resourceId, startArm } from '../../adapters/arm-server';
import type { Answer } from '../../adapters/local-server';
import { virtualClock } from '../../virtual-clock';
import { aDeclaration } from '../a-declaration';

let server: ArmServer;
afterEach(() => server.close());

interface Planted {
  readonly arm?: Readonly<Record<string, object | string | null>>;
  readonly refuse?: (path: string) => Answer | null;
  readonly customer?: Partial<CustomerDeclaration>;
  readonly gateway?: Partial<GatewayDeclaration>;
  readonly earlierAudits?: readonly EarlierAudit[];
}

async function audit({ arm = {}, refuse, customer = {}, gateway = {}, earlierAudits = [] }: Planted = {}) {
  const resources = Object.entries({ ...healthyApim, ...arm }).filter(([, held]) => held !== null);
  server = await startArm(Object.fromEntries(resources) as ArmResources, refuse);
  const declared = aDeclaration({ ...healthyCustomer, ...customer }, { ...healthyGateway, ...gateway });
  const clock = virtualClock(Date.UTC(2026, 10, 22));
  const { end, exchanges, apimReading } = await driveCheck(
    {
      auditId: '0192f0c1-0000-7000-8000-000000000000',
      check: configDrift,
      declared,
      startedMs: clock.nowMs(),
      seed: 1,
      earlier: [],
      priorCharges: [],
      ledgerSinceMs: 0,
      bounds: { tokens: 0, probes: 0, endsAtMs: clock.nowMs() + 60_000 },
    },
    {
      sendProbe: () => Promise.reject(new Error('It sends no probe.')),
      readApim: openApim(declared, { ...server.options, clock }),
      clock,
    },
  );
  expect(exchanges).toEqual([]);
  return configDrift.judge({
    declared,
    startedMs: clock.nowMs(),
    finishedMs: clock.nowMs(),
    exchanges: [],
    priorCharges: [],
    ledgerSinceMs: 0,
    earlierAudits,
    ...(apimReading && { apimReading }),
    stoppedBecause: end.why === 'stopped' ? end.because : end.why,
  });
}

/** Rules that do not pass, and how. */
async function notPassed(planted: Planted): Promise<Readonly<Record<string, string>>> {
  const { findings } = await audit(planted);
  const other = findings.filter(({ verdict }) => verdict !== 'pass');
  return Object.fromEntries(other.map(({ rule, verdict }) => [rule, verdict]));
}

/** Laid over a declaration, it takes the pool out. */
const withoutPool = { pool: undefined } as unknown as Partial<GatewayDeclaration>;

const apiPolicy = String(healthyApim['/apis/aoai/policies/policy']);
const goldPolicy = (inbound: string) => ({ '/products/gold/policies/policy': aPolicy({ inbound }) });
const members = (services: readonly object[]) => ({ '/backends/openai-pool': { type: 'Pool', pool: { services } } });
const member = (name: string, parts: object) => ({ id: `/backends/${name}`, ...parts });
const logAnalytics = {
  kind: 'log-analytics',
  workspaceId: 'w',
  source: 'customMetrics',
  dimension: 'Subscription ID',
  settleAfter: 'PT30M',
} as const;

const lastTokenLimit = (low: number, high: number | null): EarlierAudit => ({
  check: 'token-limit',
  auditId: 'a',
  finishedAt: '2026-11-21T04:00:00.000Z',
  estimate: { tokensPerMinute: { low, high } },
});

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
      'a quota that nobody declared',
      { arm: goldPolicy(`<base />${aTokenLimit(1000, 'token-quota="5" token-quota-period="Daily" ')}`) },
      { 'quota-configured': 'fail' },
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
      'a counter for everybody',
      { arm: goldPolicy(`<base />${aTokenLimit(1000).replace('@(context.Subscription.Id)', 'all')}`) },
      { 'counted-on': 'fail' },
    ],
    [
      'a renamed Retry-After',
      { arm: goldPolicy(`<base />${aTokenLimit(1000, 'retry-after-header-name="x-wait" ')}`) },
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
      'a breaker that takes longer',
      { arm: { '/backends/france': { url: 'https://x', circuitBreaker: aBreaker({ tripDuration: 'PT5M' }) } } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'a breaker that no longer obeys Retry-After',
      { arm: { '/backends/sweden': { url: 'https://x', circuitBreaker: aBreaker({ acceptRetryAfter: false }) } } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'other retries',
      { arm: { '/apis/aoai/policies/policy': apiPolicy.replace('count="1"', 'count="5"') } },
      { 'breaker-configured': 'fail' },
    ],
    [
      'metrics without diagnostics',
      { arm: { '/apis/aoai/diagnostics/applicationinsights': null } },
      { 'metering-configured': 'fail' },
    ],
    [
      'diagnostics with metrics off',
      {
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
    [
      'a second regional gateway',
      {
        arm: {
          '': {
            ...(healthyApim[''] as object),
            properties: {
              additionalLocations: [{ location: 'France Central', sku: { name: 'StandardV2', capacity: 1 } }],
            },
          },
        },
      },
      { 'regional-gateways': 'fail' },
    ],
    [
      'a limit that is not enforced as configured',
      { earlierAudits: [lastTokenLimit(1900, 2000)] },
      { 'enforced-as-configured': 'fail' },
    ],
    [
      'a limit that is not enforced at all',
      { earlierAudits: [lastTokenLimit(2000, null)] },
      { 'enforced-as-configured': 'fail' },
    ],
    [
      'a limit that is enforced too low',
      { earlierAudits: [lastTokenLimit(480, 500)] },
      { 'enforced-as-configured': 'fail' },
    ],
  ])('%s', async (_, planted, expected) => {
    expect(await notPassed(planted)).toEqual(expected);
  });
});

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
    [
      'an audit that saw no refusal',
      { earlierAudits: [lastTokenLimit(950, null)] },
      { 'enforced-as-configured': 'inconclusive' },
    ],
  ])('%s', async (_, planted, expected) => {
    expect(await notPassed(planted)).toEqual(expected);
  });
});

test('what has changed since the last audit is told, and what was measured before it is no proof', async () => {
  const before = await audit();
  await server.close();
  const last: EarlierAudit = {
    check: 'config-drift',
    auditId: 'b',
    finishedAt: '2026-11-15T00:00:00.000Z',
    estimate: before.estimate,
  };
  const { findings } = await audit({
    earlierAudits: [last, lastTokenLimit(1900, 2000)],
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
      expected: '1000 tokens/min as configured, 900 to 1100 allowed',
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
  const { estimate } = await audit();
  await server.close();
  const last: EarlierAudit = { check: 'config-drift', auditId: 'b', finishedAt: '2026-11-15T00:00:00.000Z', estimate };
  const { findings } = await audit({ earlierAudits: [last] });
  expect(findings.at(-1)).toEqual({
    rule: 'configuration-changes',
    verdict: 'pass',
    expected: 'changes since 2026-11-15T00:00:00.000Z are told',
    observed: 'nothing has changed',
    because: 'All hashes are the same.',
  });
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
