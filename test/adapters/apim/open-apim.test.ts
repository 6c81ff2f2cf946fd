import { createHash } from 'node:crypto';
import { openApim } from '../../../src/adapters/apim/open-apim';
import { aDeclaration } from '../../audit/a-declaration';
import { virtualClock } from '../../virtual-clock';
import type { Answer, ReceivedRequest } from '../local-server';
import { healthyApim, healthyCustomer, healthyGateway } from './a-healthy-apim';
import { type ArmResources, type ArmServer, forbidden, resourceId, startArm, trouble } from './arm-server';

/* The real client and its pipeline over HTTPS, against a server that speaks Azure Resource Manager's wire format. */

let server: ArmServer;
afterEach(() => server.close());

async function readFrom(
  resources: ArmResources,
  refuse?: (path: string, request: ReceivedRequest) => Answer | null,
  customer: object = {},
) {
  server = await startArm(resources, refuse);
  const declared = aDeclaration({ ...healthyCustomer, ...customer }, healthyGateway);
  const reading = await openApim(declared, { ...server.options, clock: virtualClock(1000) })?.();
  if (reading === undefined) throw new Error('There is nothing to read.');
  return reading;
}

const element = (name: string, attributes: object = {}, children: readonly object[] = []) => ({
  name,
  attributes,
  children,
});
const sections = (inbound: readonly object[], backend: readonly object[]) =>
  element('policies', {}, [
    element('inbound', {}, inbound),
    element('backend', {}, backend),
    element('outbound', {}, [element('base')]),
  ]);
const base = element('base');
const breaker = { failures: 1, percentage: null, interval: 'PT1M', tripDuration: 'PT30S', acceptRetryAfter: true };
const single = (name: string) => ({ name, url: `https://${name}.openai.azure.com/openai`, members: null, breaker });
const sha256 = (text: unknown) => createHash('sha256').update(String(text)).digest('hex');

test('reads what one customer’s requests come by, and nothing else of the service', async () => {
  const { askedMs, configuration } = await readFrom(healthyApim);
  const { hashes, ...read } = configuration;
  expect({ askedMs, read }).toEqual({
    askedMs: 1000,
    read: {
      service: { sku: 'StandardV2', gatewayUrl: 'https://contoso.azure-api.net', regions: ['Sweden Central'] },
      api: {
        id: 'aoai',
        path: 'aoai/openai',
        subscriptionRequired: true,
        keyHeader: null,
        operations: [{ id: 'chat', method: 'POST', urlTemplate: '/deployments/{id}/chat/completions' }],
      },
      policies: [
        { place: { scope: 'global' }, state: 'read', root: sections([], []) },
        {
          place: { scope: 'product', id: 'gold' },
          state: 'read',
          root: sections(
            [
              base,
              element('llm-token-limit', {
                'counter-key': '@(context.Subscription.Id)',
                'tokens-per-minute': '{{gold-tpm}}',
                'estimate-prompt-tokens': 'false',
                'remaining-tokens-header-name': 'remaining-tokens',
                'tokens-consumed-header-name': 'consumed-tokens',
              }),
            ],
            [base],
          ),
        },
        {
          place: { scope: 'api', id: 'aoai' },
          state: 'read',
          root: sections(
            [
              base,
              element('include-fragment', { 'fragment-id': 'metrics' }),
              element('set-backend-service', { 'backend-id': 'openai-pool' }),
            ],
            [
              element(
                'retry',
                {
                  condition: '@(context.Response.StatusCode == 429 || context.Response.StatusCode >= 500 && true)',
                  count: '1',
                  interval: '0',
                },
                [element('set-backend-service', { 'backend-id': 'openai-pool' })],
              ),
            ],
          ),
        },
        { place: { scope: 'operation', id: 'chat' }, state: 'none' },
      ],
      fragments: [
        {
          id: 'metrics',
          state: 'read',
          root: element('fragment', {}, [
            element('llm-emit-token-metric', { namespace: 'openai' }, [
              element('dimension', { name: 'Subscription ID' }),
              element('dimension', { name: 'API ID' }),
            ]),
          ]),
        },
      ],
      namedValues: { 'gold-tpm': '1000' },
      backends: [
        {
          name: 'openai-pool',
          url: null,
          members: [
            { backend: 'sweden', priority: 1, weight: 3 },
            { backend: 'france', priority: 1, weight: 1 },
            { backend: 'paygo', priority: 2, weight: 1 },
          ],
          breaker: null,
        },
        single('sweden'),
        single('france'),
        single('paygo'),
      ],
      subscriptions: [{ id: 'contoso', name: 'Contoso', scope: { kind: 'product', id: 'gold' }, state: 'active' }],
      products: [{ id: 'gold', hasApi: true }],
      diagnostics: [{ of: 'api', to: 'applicationinsights', metrics: true, modelLogs: false }],
      unread: [],
    },
  });
  expect(hashes).toEqual({
    'policy of all APIs': sha256(healthyApim['/policies/policy']),
    'policy of product gold': sha256(healthyApim['/products/gold/policies/policy']),
    'policy of api aoai': sha256(healthyApim['/apis/aoai/policies/policy']),
    'fragment metrics': sha256(healthyApim['/policyFragments/metrics']),
    'named value gold-tpm': sha256('1000'),
    ...Object.fromEntries(
      [
        'service',
        'API aoai',
        'backend openai-pool',
        'backend sweden',
        'backend france',
        'backend paygo',
        'subscription contoso',
        'diagnostics',
      ].map((part) => [part, expect.stringMatching(/^[0-9a-f]{64}$/)]),
    ),
  });
});

test('reads no key and no secret, and keeps none that a policy holds', async () => {
  const reading = await readFrom(healthyApim);
  expect(server.requests.map(({ method }) => method)).toEqual(server.requests.map(() => 'GET'));
  expect(JSON.stringify(reading)).not.toMatch(/0123456789abcdef0123456789abcdef|api-key|northwind|unrelated/i);
});

test('a key of a policy’s expression is cut out', async () => {
  const policy = String(healthyApim['/products/gold/policies/policy']).replace(
    '@(context.Subscription.Id)',
    '@(context.Request.Headers.GetValueOrDefault("k") == "Xy12345678901234567890123456" ? "a" : "b")',
  );
  const { configuration } = await readFrom({ ...healthyApim, '/products/gold/policies/policy': policy });
  expect(JSON.stringify(configuration.policies)).toContain('== \\"[key]\\" ?');
});

test('a customer that is known by its display name only is found by it', async () => {
  const { configuration } = await readFrom(healthyApim, undefined, { subscriptionId: 'NORTHWIND' });
  expect(configuration.subscriptions).toEqual([
    { id: 'northwind', name: 'Northwind', scope: { kind: 'all-apis' }, state: 'active' },
  ]);
});

test('an identity without the role is told which, and for whom; nothing else is asked', async () => {
  const { configuration } = await readFrom(healthyApim, () => forbidden('Microsoft.ApiManagement/service/read'));
  const because = `the identity with object id bbbbbbbb-0000-0000-0000-000000000001 may not read it (403, Microsoft.ApiManagement/service/read); give it API Management Service Reader Role on ${resourceId}`;
  expect(configuration).toEqual({
    service: { sku: null, gatewayUrl: null, regions: [] },
    api: null,
    policies: [],
    fragments: [],
    namedValues: {},
    backends: [],
    subscriptions: [],
    products: [],
    diagnostics: [],
    hashes: {},
    unread: [
      { part: 'service', because },
      { part: 'api', because },
    ],
  });
});

test.each<[string, (path: string) => Answer | null, object]>([
  [
    'a policy that may not be read is not a policy that is not there',
    (path) =>
      path === '/products/gold/policies/policy'
        ? forbidden('Microsoft.ApiManagement/service/products/policies/read')
        : null,
    { part: 'policies', because: expect.stringContaining('may not read it (403') },
  ],
  [
    'an answer without a policy’s text is not a policy that is not there',
    (path) => (path === '/apis/aoai/policies/policy' ? { body: { properties: {} } } : null),
    { part: 'policies', because: 'the answer is of an unknown form' },
  ],
  [
    'a page of HTML',
    (path) => (path === '/backends' ? { body: '<html>' } : null),
    { part: 'backends', because: 'the answer is of an unknown form' },
  ],
  [
    'throttling',
    (path) =>
      path === '/namedValues' ? { ...trouble(429, 'TooManyRequests'), headers: { 'retry-after': '0' } } : null,
    { part: 'named values', because: 'Azure Resource Manager is throttling (429)' },
  ],
  [
    'trouble of the service',
    (path) => (path === '/apis/aoai/diagnostics' ? trouble(500, 'InternalServerError') : null),
    { part: 'diagnostics', because: 'Azure Resource Manager refused the question (status 500)' },
  ],
])('%s', async (_, refuse, unread) => {
  const { configuration } = await readFrom(healthyApim, refuse);
  expect(configuration.unread).toEqual([unread]);
});

test('an API that is not there is told', async () => {
  const { '/apis/aoai': _, ...without } = healthyApim;
  const { configuration } = await readFrom(without);
  expect(configuration.unread).toContainEqual({ part: 'api', because: 'there is no API aoai' });
});

test('where the newest version is not to be had, the older one is asked', async () => {
  const { configuration } = await readFrom(healthyApim, (_, { url }) =>
    url.includes('2025-09-01-preview') ? trouble(400, 'InvalidApiVersionParameter') : null,
  );
  expect(configuration.unread).toEqual([]);
  expect(configuration.backends).toHaveLength(4);
});

test('a list that goes on at another host is not followed there', async () => {
  await readFrom(healthyApim, (path) =>
    path === '/backends' ? { body: { value: [], nextLink: 'https://elsewhere.example/backends?api-version=1' } } : null,
  );
  expect(server.requests.filter(({ url }) => url.includes('/backends'))).toHaveLength(1);
});

test('who gets no token is told to', async () => {
  server = await startArm(healthyApim);
  const credential = {
    getToken: () => Promise.reject(Object.assign(new Error('no identity'), { name: 'CredentialUnavailableError' })),
  };
  const options = { ...server.options, credential, clock: virtualClock(1000) };
  const reading = await openApim(aDeclaration(healthyCustomer, healthyGateway), options)?.();
  const because =
    'no identity to ask Azure Resource Manager with; give the app a managed identity, or sign in with "az login"';
  expect(reading?.configuration.unread).toEqual([
    { part: 'service', because },
    { part: 'api', because },
  ]);
});

test('a resource id that is none is told', async () => {
  server = await startArm(healthyApim);
  const declared = aDeclaration(healthyCustomer, { ...healthyGateway, apim: { resourceId: '/contoso', api: 'aoai' } });
  const reading = await openApim(declared, { ...server.options, clock: virtualClock(1000) })?.();
  expect(reading?.configuration.unread).toEqual([
    { part: 'service', because: expect.stringContaining('"/contoso" is no API Management service\'s resource id.') },
  ]);
});
