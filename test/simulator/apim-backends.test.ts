import { parseSimulatorConfig, SimulatorConfigError } from '../../simulator/config';
import { contoso } from './drive';

const breakerRule = {
  name: 'throttled',
  tripDuration: 'PT30S',
  acceptRetryAfter: true,
  failureCondition: {
    count: 3,
    interval: 'PT1M',
    errorReasons: ['Server errors'],
    statusCodeRanges: [
      { min: 429, max: 429 },
      { min: 500, max: 599 },
    ],
  },
};

const single = {
  id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a/backends/sweden',
  name: 'sweden',
  type: 'Microsoft.ApiManagement/service/backends',
  properties: {
    type: 'Single',
    url: 'https://sweden.openai.azure.com/openai',
    protocol: 'http',
    credentials: { managedIdentity: { resource: 'https://cognitiveservices.azure.com' } },
    circuitBreaker: { rules: [breakerRule] },
  },
};

const old = {
  name: 'france',
  properties: { url: 'https://france.openai.azure.com/openai', azureRegion: 'francecentral' },
};

const pool = {
  name: 'pool',
  properties: {
    type: 'Pool',
    pool: {
      services: [
        {
          id: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/a/backends/sweden',
          priority: 1,
          weight: 3,
        },
        { id: '/backends/france', priority: null },
      ],
      failureResponse: { statusCode: 429 },
      sessionAffinity: { sessionId: { source: 'cookie', name: 'SessionId' } },
    },
  },
};

test("turns API Management's definitions into backends, breakers and a pool, beside what is said in own words", () => {
  const config = parseSimulatorConfig({
    customers: [contoso],
    backends: [{ id: 'sweden', region: 'Sweden Central', tokensPerMinute: 1000 }],
    pool: { instances: 2 },
    apimBackends: [single, old, pool],
  });
  expect({ backends: config.backends, pool: config.pool }).toEqual({
    backends: [
      {
        id: 'sweden',
        region: 'Sweden Central',
        tokensPerMinute: 1000,
        extraLatencyMs: 0,
        breaker: {
          failures: 3,
          interval: 60_000,
          statuses: [
            { min: 429, max: 429 },
            { min: 500, max: 599 },
          ],
          tripDuration: 30_000,
          acceptRetryAfter: true,
        },
      },
      { id: 'france', region: 'francecentral', tokensPerMinute: null, extraLatencyMs: 0 },
    ],
    pool: {
      members: [
        { backend: 'sweden', priority: 1, weight: 3 },
        { backend: 'france', priority: 1, weight: 1 },
      ],
      balancing: 'smooth',
      instances: 2,
      trippingCall: 'pass',
      retries: 0,
      reselect: true,
      downStatus: 429,
      downBody: 'new',
      affinityCookie: 'SessionId',
    },
  });
});

test.each<[string, object[], RegExp]>([
  [
    'a breaker with two rules',
    [{ ...single, properties: { ...single.properties, circuitBreaker: { rules: [breakerRule, breakerRule] } } }],
    /exactly one rule/,
  ],
  ['a pool with a member that is not defined', [pool], /there is no backend "sweden"/],
  [
    'a pool with 31 members',
    [
      {
        name: 'pool',
        properties: {
          type: 'Pool',
          pool: { services: Array.from({ length: 31 }, (_, n) => ({ id: `/backends/b${n}` })) },
        },
      },
    ],
    /30/,
  ],
  ['two definitions of one name', [old, old], /"france" is used twice/],
  [
    'a pool in a pool',
    [
      single,
      old,
      pool,
      { ...pool, name: 'outer', properties: { ...pool.properties, pool: { services: [{ id: '/backends/pool' }] } } },
    ],
    /one pool/,
  ],
])('refuses %s', (_, apimBackends, problem) => {
  const parse = () => parseSimulatorConfig({ customers: [contoso], apimBackends });
  expect(parse).toThrow(SimulatorConfigError);
  expect(parse).toThrow(problem);
});
