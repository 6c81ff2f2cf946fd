import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { checkNames } from '../../src/audit/declaration';
import { configJsonSchema } from '../../src/config';
import { aConfigFile, parsed, problemsOf } from '../a-config';

const exampleText = readFileSync(join(__dirname, '../../audit.config.example.json'), 'utf8');

test('everything that the contract names is accepted', () => {
  const file = {
    gateways: [
      {
        id: 'main',
        endpoint: 'https://contoso.azure-api.net/aoai',
        deployment: 'gpt-4o',
        api: 'v1',
        surfaces: ['chat', 'responses', 'embeddings'],
        surfaceDeployments: { embeddings: 'text-embedding-3-small' },
        auth: { keyHeader: 'Authorization', scheme: 'Bearer' },
        headers: {
          consumedTokens: 'c',
          remainingTokens: 'r',
          remainingQuotaTokens: 'q',
          retryAfter: 'a',
          backend: 'b',
        },
        limiter: 'token-bucket',
        counters: 2,
        completionTokensParameter: 'max_completion_tokens',
        maxPromptTokens: 8000,
        apim: { resourceId: '/subscriptions/s/resourceGroups/g', api: 'aoai', product: 'gold' },
        extraBody: { user: 'audit' },
        pool: {
          members: [{ id: 'a' }],
          failures: 3,
          interval: 'PT5M',
          tripDuration: 'P1DT1H',
          acceptRetryAfter: false,
          instances: 2,
          retries: 1,
          exclusive: true,
        },
        allowedBackends: ['a'],
        meter: { kind: 'http', url: 'https://meter.example', settleAfter: 'PT5M' },
      },
    ],
    customers: [
      {
        id: 'contoso',
        gateway: 'main',
        tokensPerMinute: 100,
        key: { setting: 'CONTOSO_KEY' },
        subscriptionId: 'sub-1',
        counter: 'gold',
        dedicated: true,
        tokenQuota: { tokens: 1000, period: 'Daily' },
        checks: [...checkNames],
        alsoDeployments: ['gpt-4o-mini'],
        schedule: { usage: '0 0 3 * * *' },
        maxTokensPerDay: 500,
        quietHours: ['22:00-06:00Z'],
        checkSettings: {
          'token-limit': { tolerancePercent: 5, maxTokensFactor: 3 },
          'token-quota': { exhaustQuota: true },
          'load-balance': { tolerancePoints: 5, errorRate: 0.01, maxProbes: 500, provokeFailover: true },
          usage: { calls: 20, streamedShare: 0 },
          isolation: { with: ['fabrikam'] },
          'client-experience': { tolerancePercent: 5 },
        },
      },
      { id: 'fabrikam', gateway: 'main', tokensPerMinute: 100, key: { setting: 'CONTOSO_KEY' } },
    ],
    schedules: { access: '0 0 3 * * *' },
    maxTokensPerDay: 10_000,
    prices: { currency: 'EUR', models: { 'gpt-4o': { promptPer1k: 0.0025, completionPer1k: 0.01 } } },
    alerts: [{ webhook: { setting: 'CONTOSO_HOOK' }, secret: { setting: 'CONTOSO_HOOK_SECRET' }, on: ['fail'] }],
  };
  expect(problemsOf(file)).toEqual([]);
  const [customer] = parsed(file).customers;
  expect({ max: customer?.maxTokensPerDay, isolation: customer?.checkSettings.isolation.with }).toEqual({
    max: 500,
    isolation: ['fabrikam'],
  });
});

describe('the JSON Schema', () => {
  const isValid = new Ajv2020().compile(configJsonSchema());

  test.each([
    ['the example', JSON.parse(exampleText), true],
    ['the least that can be written', aConfigFile(), true],
    ['an unknown key', aConfigFile({ customer: { tokenPerMinute: 5 } }), false],
    ['a missing promise', aConfigFile({ customer: { tokensPerMinute: undefined } }), false],
    ['a check of another name', aConfigFile({ customer: { checks: ['latency'] } }), false],
    ['a schedule of another name', aConfigFile({ rest: { schedules: { latency: '0 0 3 * * *' } } }), false],
  ])('judges %s like the program', (_, file, expected) => {
    // Undefined is no JSON: what a file would hold is what counts.
    const read = JSON.parse(JSON.stringify(file));
    expect(isValid(read)).toBe(expected);
    expect(problemsOf(read, null).length === 0).toBe(expected);
  });
});
