import * as fc from 'fast-check';
import { makeProbeBody } from '../../src/adapters/gateway/probe-body';
import { dayCostsOf } from '../../src/audit/audit-cost';
import { checks } from '../../src/audit/checks';
import { AuditorError } from '../../src/auditor-error';
import { type Config, declarationOf, parseConfig } from '../../src/config';
import { noticesOf } from '../../src/config/notices';
import { hostileText, inputs, prototypes } from './hostile-text';

/** Every key that a configuration may have, so that each is made hostile in turn. */
const whole = {
  gateways: [
    {
      id: 'main',
      endpoint: 'https://gateway.example/aoai',
      deployment: 'gpt-4o',
      api: 'deployments',
      apiVersion: '2024-10-21',
      surfaces: ['chat', 'responses'],
      surfaceDeployments: { responses: 'gpt-4.1' },
      auth: { keyHeader: 'Authorization', scheme: 'Bearer' },
      headers: { consumedTokens: 'c', remainingTokens: 'r', remainingQuotaTokens: 'q', retryAfter: 'w', backend: 'b' },
      limiter: 'sliding-window',
      counters: 1,
      completionTokensParameter: 'auto',
      maxPromptTokens: 32_000,
      apim: { resourceId: '/subscriptions/x', api: 'aoai', product: 'p' },
      extraBody: { reasoning_effort: 'low' },
      pool: {
        members: [
          { id: 'a', answersAs: 'A', priority: 1, weight: 3 },
          { id: 'b', priority: 2, weight: 1 },
        ],
        failures: 1,
        interval: 'PT1M',
        tripDuration: 'PT30S',
        acceptRetryAfter: true,
        instances: 1,
        retries: 0,
        exclusive: false,
      },
      allowedBackends: ['A'],
      meter: { kind: 'http', url: 'https://meter.example/usage', settleAfter: 'PT1M' },
    },
  ],
  customers: [
    {
      id: 'contoso',
      gateway: 'main',
      tokensPerMinute: 1000,
      key: { setting: 'CONTOSO_KEY' },
      subscriptionId: 's',
      counter: 'c',
      dedicated: true,
      tokenQuota: { tokens: 1000, period: 'Daily' },
      checks: ['limit-status', 'access', 'token-limit', 'load-balance', 'usage', 'isolation', 'token-quota'],
      alsoDeployments: ['gpt-4'],
      schedule: { access: '0 0 3 * * *' },
      maxTokensPerDay: 5000,
      quietHours: ['22:00-06:00Z'],
      checkSettings: {
        'token-limit': { tolerancePercent: 10, maxTokensFactor: 2 },
        'load-balance': { tolerancePoints: 10, errorRate: 0.001, maxProbes: 1000, provokeFailover: true },
        usage: { calls: 15, streamedShare: 0.3 },
        isolation: { with: ['northwind'] },
        'token-quota': { exhaustQuota: true },
      },
    },
    { id: 'northwind', gateway: 'main', tokensPerMinute: 1000, key: { setting: 'NORTHWIND_KEY' } },
  ],
  schedules: { usage: '0 30 4 * * *' },
  maxTokensPerDay: 100_000,
  prices: { currency: 'EUR', models: { 'gpt-4o': { promptPer1k: 0.01, completionPer1k: 0.03 } } },
  alerts: [{ webhook: { setting: 'HOOK' }, secret: { setting: 'HOOK_SECRET' }, on: ['fail'] }],
};

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** As text, since only there an object can have a key `__proto__` of its own. */
const replacement = fc.oneof(
  hostileText.map((text) => JSON.stringify(text)),
  fc.constantFrom(
    ...['null', 'true', '[]', '{}', '0', '-1', '0.5', '1', '2', '16', '101', '999999999999999', '9007199254740991'],
    ...['1e308', '1e999', '-1e999', '1e-320', '{"__proto__":{"polluted":true}}', '{"setting":"__proto__"}'],
    ...['"PT0S"', '"PT999999999999S"', '"P9999Y"', '"PT"', '"* * * * * *"', '"0 0 30 2 *"', '"0 0 0 31 2 *"'],
    ...['"https://user:pass@gateway.example"', '"https://x/?code=1"', '"file:///etc/passwd"', '"http://[::1"'],
    ...['["contoso"]', '["contoso","contoso"]', '[[[]]]', '"00:00-00:00Z"'],
  ),
  fc.json({ maxDepth: 2 }),
);

function withReplaced(path: Path, json: string): string {
  const mark = '@@hostile@@';
  const copy = structuredClone({ root: whole }) as Record<string, unknown>;
  const full = ['root', ...path];
  const owner = full.slice(0, -1).reduce<unknown>((value, key) => Reflect.get(Object(value), key), copy);
  Reflect.set(Object(owner), full.at(-1) ?? '', mark);
  return JSON.stringify(copy.root).replace(`"${mark}"`, () => json);
}

function withKeyAdded(path: Path, key: string, json: string): string {
  return withReplaced(path, `{${JSON.stringify(key)}:${json}}`);
}

const paths = pathsOf(whole);
const configText = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom(...paths), replacement).map(([path, json]) => withReplaced(path, json)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...paths), hostileText, replacement)
      .map(([path, key, json]) => withKeyAdded(path, key, json)),
  },
  { weight: 1, arbitrary: hostileText },
);

const settings = {
  CONTOSO_KEY: 'k1',
  NORTHWIND_KEY: 'k2',
  HOOK: 'https://hook.example/',
  HOOK_SECRET: `whsec_${Buffer.alloc(24).toString('base64')}`,
};
const nowMs = Date.UTC(2026, 0, 5, 12);
const longestMs = 3000;

function parsed(text: string): Config | readonly string[] {
  try {
    return parseConfig(text, 'audit.config.json', settings);
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'config-invalid') return error.details.problems ?? [];
    throw error;
  }
}

/** All that is done with a configuration before anything is sent. */
function prepareAll(config: Config): void {
  noticesOf(config, Object.keys(checks) as (keyof typeof checks)[]);
  for (const customer of config.customers) {
    for (const check of Object.values(checks)) {
      const declared = declarationOf(config, customer.id, check.name);
      const costs = dayCostsOf({ customer, gateway: declared.gateway }, customer.checkSettings);
      expect(costs.filter(({ mostTokens }) => Number.isNaN(mostTokens))).toEqual([]);
      const state = { declared, startedMs: nowMs, nowMs, exchanges: [], inFlight: 0, priorCharges: [] };
      const step = check.next({ ...state, ledgerSinceMs: 0, seed: 1 });
      if (step.do !== 'send') continue;
      for (const request of step.probes) {
        const { path } = makeProbeBody(declared.gateway, { request, seedText: 'fuzz', capParameter: 'max_tokens' });
        expect(path).toMatch(/^\/[^\s]*$/);
      }
    }
  }
}

test('the configuration that is made hostile is a right one', () => {
  const config = parsed(JSON.stringify(whole));
  expect(config).toMatchObject({ customers: [{ id: 'contoso' }, { id: 'northwind' }] });
});

test(
  `${inputs} hostile configurations: each is refused with its problems, or can be worked with`,
  () => {
    const before = prototypes();
    fc.assert(
      fc.property(configText, (text) => {
        const beganMs = performance.now();
        const result = parsed(text);
        if ('gateways' in result) prepareAll(result);
        else expect(result.length).toBeGreaterThan(0);
        expect(performance.now() - beganMs).toBeLessThan(longestMs);
      }),
      { numRuns: inputs, verbose: 1 },
    );
    expect(prototypes()).toEqual(before);
  },
  60_000 + inputs * 50,
);
