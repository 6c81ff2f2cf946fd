import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsed } from '../a-config';
import { type Answer, type LocalServer, type ReceivedRequest, startServer } from '../adapters/local-server';
import { anAppWith, outputOf } from './command-output';

const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };
const plain: Answer = { body: { choices: [{ index: 0 }], usage } };

let server: LocalServer;
let received: ReceivedRequest[] = [];
let answerTo: (request: ReceivedRequest) => Answer = () => plain;
let stateFolder: string;

beforeAll(async () => {
  server = await startServer((request) => {
    received.push(request);
    return answerTo(request);
  });
});
afterAll(() => server.close());
beforeEach(() => {
  received = [];
  answerTo = () => plain;
  stateFolder = mkdtempSync(join(tmpdir(), 'gateway-audit-load-'));
});
afterEach(() => rmSync(stateFolder, { recursive: true, force: true }));

const env = () => ({ LOAD_KEY: 'canary-load-key', XDG_STATE_HOME: stateFolder });
const target = () => [
  '--endpoint',
  `http://127.0.0.1:${server.port}/aoai`,
  '--deployment',
  'gpt-4o',
  '--api-version',
  '2024-10-21',
  '--key-setting',
  'LOAD_KEY',
];
const load = (...args: readonly string[]) =>
  outputOf(['load', ...target(), '--duration', 'PT0.2S', ...args], { env: env() });

test('every probe says what it is, shows the key, and is counted by what came of it', async () => {
  answerTo = ({ headers }) =>
    Number(headers['x-audit-probe']) % 4 === 0
      ? { status: 429, body: { statusCode: 429, message: 'Token limit is exceeded. Try again in 29 seconds.' } }
      : plain;
  const { exitCode, stdout, stderr } = await load('--rate', '100', '--json');
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({
    planned: 20,
    sent: 20,
    unsent: 0,
    answered: 15,
    refused: 5,
    failed: 0,
    unfinished: 0,
    tokens: { prompt: 300, completion: 75, total: 375 },
    byStatus: { 200: 15, 429: 5 },
    ttftMs: null,
  });
  expect(Object.keys(result)).toEqual(
    expect.arrayContaining(['latencyMs', 'lateMs', 'requestsPerSecond', 'cpuMsPerRequest', 'maxRssMb']),
  );
  expect([Object.keys(result.latencyMs), Object.keys(result.lateMs)]).toEqual([
    ['p50', 'p90', 'p95', 'p99', 'max'],
    ['p50', 'p99', 'max'],
  ]);
  const probes = received.map(({ headers }) => Number(headers['x-audit-probe'])).toSorted((a, b) => a - b);
  expect(probes).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(new Set(received.map(({ headers }) => headers['x-audit-id'])).size).toBe(1);
  expect(received[0]?.headers).toMatchObject({
    'api-key': 'canary-load-key',
    'user-agent': expect.stringMatching(/^gateway-audit\//),
  });
  expect(received[0]?.url).toBe('/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21');
  expect([exitCode, `${stdout}${stderr}`.includes('canary')]).toEqual([0, false]);
});

test('what it may cost is said before, and what came of it as a table after', async () => {
  const { stdout, stderr } = await load('--rate', '50', '--prompt-tokens', '100', '--max-tokens', '7');
  expect(stderr).toContain('note: 10 probes of up to 140 tokens may cost up to 1,400 tokens');
  expect(stdout).toContain('10 planned · 10 sent · 0 unsent · 10 answered · 0 refused · 0 failed');
  expect(stdout).toContain('250 tokens (200 prompt, 50 completion) · 10 × 200');
});

test('callers at once ask again when they were answered', async () => {
  const { exitCode, stdout } = await load('--concurrency', '3', '--json');
  const { planned, sent, unsent, answered } = JSON.parse(stdout);
  expect([exitCode, planned === sent, unsent, answered === sent, sent > 3]).toEqual([0, true, 0, true, true]);
});

test('streamed answers tell when their words came', async () => {
  const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
  const end = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }], usage })}\n\ndata: [DONE]\n\n`;
  answerTo = () => ({ headers: { 'content-type': 'text/event-stream' }, body: `${event('Yes')}${event('.')}${end}` });
  const { stdout } = await load('--rate', '20', '--stream', '--json');
  const { answered, ttftMs, betweenTokensMs } = JSON.parse(stdout);
  expect([answered, ttftMs !== null, betweenTokensMs !== null]).toEqual([4, true, true]);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ stream: true, stream_options: { include_usage: true } });
});

test('nobody answers: exit code 1', async () => {
  answerTo = () => ({ status: 500, body: { error: {} } });
  const { exitCode, stdout } = await load('--rate', '20', '--json');
  expect([exitCode, JSON.parse(stdout).failed]).toEqual([1, 4]);
});

test('customers of a configuration share the load, and audits to come know what their counters were charged', async () => {
  const customer = (id: string) => ({ id, gateway: 'main', tokensPerMinute: 100, key: { setting: 'CONTOSO_KEY' } });
  const config = parsed({
    gateways: [
      { id: 'main', endpoint: `http://127.0.0.1:${server.port}/aoai`, deployment: 'gpt-4o', apiVersion: '2024-10-21' },
    ],
    customers: [customer('contoso'), customer('northwind')],
  });
  const args = [
    'load',
    '--config',
    'any',
    '--customer',
    'contoso=3',
    '--customer',
    'northwind',
    '--rate',
    '200',
    '--duration',
    'PT0.2S',
    '--json',
  ];
  const { exitCode, stdout } = await outputOf(args, {
    app: anAppWith({ config }),
    env: { ...env(), CONTOSO_KEY: 'k' },
  });
  const { customers } = JSON.parse(stdout);
  expect([exitCode, customers.contoso.sent, customers.northwind.sent]).toEqual([0, 31, 9]);
  const charges = JSON.parse(await readFile(join(stateFolder, 'gateway-audit', 'charges.json'), 'utf8'));
  expect([charges.contoso.tokens, charges.northwind.tokens]).toEqual([775, 225]);
});

test('an interrupted load prints what there is', async () => {
  const interrupted = new AbortController();
  answerTo = () => {
    if (received.length === 5) interrupted.abort();
    return plain;
  };
  const args = ['load', ...target(), '--rate', '100', '--duration', 'PT60S', '--json'];
  const { exitCode, stdout, stderr } = await outputOf(args, { env: env(), signal: interrupted.signal });
  const { planned, sent, unsent } = JSON.parse(stdout);
  expect([exitCode, planned, sent + unsent, sent < 100]).toEqual([130, 6000, 6000, true]);
  expect(stderr).toMatch(/interrupted: \d+ of 6000 probes had been sent/);
});

const given = (...args: readonly string[]) => outputOf(['load', ...args], { env: env() });

test.each<[string, readonly string[], string]>([
  [
    'nothing',
    ['--rate', '5', '--duration', 'PT5S'],
    'error: A load needs to know its gateway; or give --config with a configuration.\n  --endpoint: required\n  --deployment: required\n  --api-version: required\n  --key-setting: required\n',
  ],
  [
    'neither rate nor concurrency',
    ['--duration', 'PT5S'],
    'error: A load needs either --rate or --concurrency: so many a second, or at once.\n',
  ],
  [
    'both',
    ['--duration', 'PT5S', '--rate', '1', '--concurrency', '1'],
    'error: A load needs either --rate or --concurrency: so many a second, or at once.\n',
  ],
  [
    'two shapes',
    ['--duration', 'PT5S', '--rate', '1', '--poisson', '--burst', '3'],
    'error: The load cannot start: --poisson and --burst exclude each other.\n',
  ],
  [
    'a shape without a rate',
    ['--duration', 'PT5S', '--concurrency', '1', '--ramp-to', '3'],
    'error: The load cannot start: --ramp-to has no meaning without --rate.\n',
  ],
  [
    'a key that is not set',
    [
      '--duration',
      'PT5S',
      '--rate',
      '1',
      '--endpoint',
      'http://127.0.0.1:1',
      '--deployment',
      'd',
      '--api-version',
      'v',
      '--key-setting',
      'NOPE',
    ],
    'error: The load cannot start.\n  --key-setting: the setting NOPE is not set\n',
  ],
  [
    'an endpoint that is none',
    [
      '--duration',
      'PT5S',
      '--rate',
      '1',
      '--endpoint',
      'here',
      '--deployment',
      'd',
      '--api-version',
      'v',
      '--key-setting',
      'LOAD_KEY',
    ],
    'error: The load cannot start.\n  --endpoint: expected an address such as https://contoso.azure-api.net/aoai\n',
  ],
  [
    'customers without a configuration',
    [
      '--duration',
      'PT5S',
      '--rate',
      '1',
      '--customer',
      'x',
      '--endpoint',
      'http://127.0.0.1:1',
      '--deployment',
      'd',
      '--api-version',
      'v',
      '--key-setting',
      'LOAD_KEY',
    ],
    'error: --customer names customers of a configuration: give --config as well.\n',
  ],
  [
    'a configuration and flags that it makes needless',
    ['--duration', 'PT5S', '--rate', '1', '--config', 'x', '--endpoint', 'http://127.0.0.1:1'],
    'error: The configuration says it already: leave --endpoint or --config away.\n',
  ],
])('%s: exit code 3 and what to do', async (_what, args, message) => {
  expect(await given(...args)).toEqual({ exitCode: 3, stdout: '', stderr: message });
});

test.each([
  [['--rate', '0'], "option '--rate <n>' argument '0' is invalid. Expected a number above 0"],
  [['--rate', 'x'], "option '--rate <n>' argument 'x' is invalid"],
  [['--duration', '20s'], "option '--duration <duration>' argument '20s' is invalid. Expected an ISO 8601 duration"],
  [['--prompt-tokens', '5'], "option '--prompt-tokens <n>' argument '5' is invalid. Expected tokens from 10 on"],
  [['--prompt-tokens', '200-100'], "option '--prompt-tokens <n>' argument '200-100' is invalid"],
  [['--customer', 'contoso=0'], "option '--customer <id[=part]>' argument 'contoso=0' is invalid"],
  [['--rate', '1'], "required option '--duration <duration>' not specified"],
])('%p is refused by name', async (args, message) => {
  const { exitCode, stderr } = await given(...args);
  expect([exitCode, stderr.includes(message)]).toEqual([3, true]);
});
