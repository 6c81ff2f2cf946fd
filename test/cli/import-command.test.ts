import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { outputOf } from './command-output';

const folder = resolve(__dirname, '../fixtures/apim');

async function imported(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await outputOf(['import', '--folder', ...args], { folder });
  return { exitCode, config: stdout === '' ? null : JSON.parse(stdout), said: stderr.trimEnd().split('\n') };
}

const versionNote = "note: the api-version is the caller's choice: 2024-10-21 is taken; --api-version gives another";

test("one API's policy becomes a gateway and a customer for each active key", async () => {
  expect(await imported('simple', '--deployment', 'gpt-4o')).toEqual({
    exitCode: 0,
    config: {
      gateways: [
        {
          id: 'aoai',
          endpoint: 'https://contoso.azure-api.net/aoai',
          deployment: 'gpt-4o',
          apiVersion: '2024-10-21',
          auth: { keyHeader: 'api-key' },
          headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
          limiter: 'sliding-window',
        },
      ],
      customers: [
        { id: 'contoso', gateway: 'aoai', key: { setting: 'CONTOSO_KEY' }, tokensPerMinute: 500 },
        { id: 'northwind', gateway: 'aoai', key: { setting: 'NORTHWIND_KEY' }, tokensPerMinute: 500 },
      ],
    },
    said: [
      versionNote,
      "note: the built-in all-access key (master) comes by no product: no product's limit applies to it",
      'note: left out, because they are not active: old (cancelled)',
    ],
  });
});

describe('products, fragments, named values, a pool with breakers and several regions', () => {
  const gateway = (id: string, more: object) => ({
    id,
    endpoint: 'https://contoso.azure-api.net/inference',
    deployment: 'gpt-4o',
    apiVersion: '2024-10-21',
    auth: { keyHeader: 'api-key' },
    ...more,
    limiter: 'token-bucket',
    counters: 2,
    pool: {
      members: [
        { id: 'openai-sweden', priority: 1, weight: 3 },
        { id: 'openai-france', priority: 1, weight: 1 },
        { id: 'openai-paygo', priority: 2 },
      ],
      failures: 3,
      interval: 'PT5M',
      tripDuration: 'PT10S',
      acceptRetryAfter: true,
      retries: 1,
    },
  });
  const poolNote = (id: string) =>
    `note: ${id}: pool openai-pool: what the backend header says of each member can't be told; set answersAs, such as "Sweden Central"`;

  test('each key gets the tightest limit on its own way, and that limit’s headers', async () => {
    expect(await imported('nested')).toEqual({
      exitCode: 0,
      config: {
        gateways: [
          gateway('aoai-gold', {}),
          gateway('aoai-silver', { headers: { remainingTokens: 'x-silver-remaining', retryAfter: 'x-retry' } }),
          gateway('aoai', {}),
        ],
        customers: [
          {
            id: 'Contoso',
            gateway: 'aoai-gold',
            key: { setting: 'CONTOSO_KEY' },
            subscriptionId: '0f1e2d3c4b5a',
            tokensPerMinute: 1000,
            tokenQuota: { tokens: 2_000_000, period: 'Monthly' },
          },
          {
            id: 'silver-1',
            gateway: 'aoai-silver',
            key: { setting: 'SILVER_1_KEY' },
            tokensPerMinute: 500,
            tokenQuota: { tokens: 500_000, period: 'Monthly' },
          },
          { id: 'all', gateway: 'aoai', key: { setting: 'ALL_KEY' }, tokensPerMinute: 1000 },
        ],
      },
      said: [
        versionNote,
        poolNote('aoai-gold'),
        poolNote('aoai-silver'),
        'note: aoai: the limits of product gold, silver do not apply to keys that are of no product: all',
        poolNote('aoai'),
      ],
    });
  });

  test('one product alone is asked for', async () => {
    const { config } = await imported('nested', '--product', 'silver', '--api-version', '2025-01-01');
    expect(config.gateways.map(({ id, apiVersion }: { id: string; apiVersion: string }) => [id, apiVersion])).toEqual([
      ['aoai', '2025-01-01'],
    ]);
    expect(config.customers.map(({ id }: { id: string }) => id)).toEqual(['silver-1']);
  });
});

describe('what no file decides', () => {
  const said = [
    'note: aoai: the limit can\'t be told: 5000 (tokens-per-minute in the policy of API aoai) applies only when @(context.Subscription.Name.StartsWith("gold-"))',
    'note: aoai: the limit can\'t be told: tokens-per-minute in the policy of API aoai: it is an expression: @(int.Parse((string)context.Variables["tpm"]))',
    "note: aoai: the limit can't be told: tokens-per-minute in the policy of API aoai: the named value total-tpm is secret",
    "note: aoai: the limit can't be told: fragment gone in the policy of API aoai cannot be read: it is not there",
    "note: aoai: the quota can't be told: fragment gone in the policy of API aoai cannot be read: it is not there",
    "note: aoai: what the policy of API aoai counts on can't be told: it is an expression: @(context.Request.IpAddress)",
  ];

  test('is said plainly, and no limit is made up', async () => {
    expect(await imported('undecidable', '--deployment', 'gpt-4o')).toEqual({
      exitCode: 3,
      config: null,
      said: [
        ...said,
        'note: aoai: left out, for want of a limit: contoso; --tokens-per-minute gives one',
        'error: No configuration was made: there is no active subscription whose limit can be told. The notes say why; --tokens-per-minute gives what was sold.',
      ],
    });
  });

  test('can be given as what was sold', async () => {
    expect(await imported('undecidable', '--deployment', 'gpt-4o', '--tokens-per-minute', '3000')).toEqual({
      exitCode: 0,
      config: {
        gateways: [
          {
            id: 'aoai',
            endpoint: 'https://contoso.azure-api.net/llm',
            deployment: 'gpt-4o',
            api: 'v1',
            auth: { keyHeader: 'api-key' },
          },
        ],
        customers: [{ id: 'contoso', gateway: 'aoai', key: { setting: 'CONTOSO_KEY' }, tokensPerMinute: 3000 }],
      },
      said: [
        ...said,
        "note: aoai: how it counts can't be told of the tier Consumption; set limiter",
        "note: aoai: the backend pool can't be told: fragment gone in the policy of API aoai cannot be read: it is not there",
      ],
    });
  });
});

test('where an API names no header for keys, API Management’s own is taken, and that is said', async () => {
  const bare = await mkdtemp(join(tmpdir(), 'apim-'));
  await cp(join(folder, 'simple'), bare, { recursive: true });
  await writeFile(join(bare, 'apis/aoai/apiInformation.json'), '{"properties":{"path":"aoai/openai"}}');
  const { config, said } = await imported(bare, '--deployment', 'gpt-4o', '--gateway-url', 'https://other.example');
  expect(config.gateways[0]).toMatchObject({
    endpoint: 'https://other.example/aoai',
    auth: { keyHeader: 'Ocp-Apim-Subscription-Key' },
  });
  expect(said).toContain('note: API aoai names no header for keys: Ocp-Apim-Subscription-Key is taken');
});

test('all that is missing is named at once', async () => {
  const empty = await mkdtemp(join(tmpdir(), 'apim-'));
  expect(await imported(empty)).toEqual({
    exitCode: 3,
    config: null,
    said: [`error: ${empty} has no folder apis/<api>; docs/import.md describes the layout.`],
  });
  expect((await imported('simple')).said).toEqual([
    'error: Cannot make a configuration of this API.',
    '  deployment: no backend names one; give --deployment NAME',
  ]);
});

test.each([
  [[], 'error: Give --resource-id with --api, or --folder.'],
  [['--folder', 'simple', '--resource-id', '/subscriptions/x'], 'error: Give --resource-id with --api, or --folder.'],
  [['--resource-id', '/subscriptions/x'], 'error: Give --api NAME, the API to be imported.'],
  [
    ['--resource-id', '/subscriptions/x', '--api', 'aoai'],
    'error: "/subscriptions/x" is no API Management service\'s resource id.',
  ],
])('%j is refused', async (args, message) => {
  const { exitCode, stdout, stderr } = await outputOf(['import', ...args], { folder });
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain(message);
});

test('a file that cannot be read is named', async () => {
  const broken = await mkdtemp(join(tmpdir(), 'apim-'));
  await writeFile(join(broken, 'apis'), 'not a folder');
  expect((await imported(broken)).exitCode).toBe(3);
});
