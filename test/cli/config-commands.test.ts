import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aConfigFile } from '../a-config';
import { outputOf } from './command-output';

/** A folder with a configuration in it, and settings if there are any. */
async function aFolder(config: object, settings?: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gateway-audit-'));
  await writeFile(join(folder, 'my.json'), JSON.stringify(config));
  if (settings) await writeFile(join(folder, 'local.settings.json'), JSON.stringify({ Values: settings }));
  return folder;
}

const plain = (text: string) => text.split('\n').map((line) => line.replace(/ +/g, ' '));

describe('config check', () => {
  test('tells what a configuration will cost, with money where there are prices', async () => {
    const prices = { currency: 'EUR', models: { 'gpt-4o': { promptPer1k: 0.5, completionPer1k: 1 } } };
    const folder = await aFolder(
      aConfigFile({ customer: { checks: ['limit-status', 'token-limit'] }, rest: { prices } }),
      { CONTOSO_KEY: 'contoso-demo-key' },
    );
    const { exitCode, stdout, stderr } = await outputOf(['config', 'check', 'my.json'], { folder });
    expect({ exitCode, stderr, lines: plain(stdout) }).toEqual({
      exitCode: 0,
      stderr: '',
      lines: [
        'my.json: no problems (1 gateway, 1 customer).',
        'What its audits cost each customer:',
        expect.stringMatching(/^┌/),
        '│ customer │ check │ audits a day │ tokens a day │ at most │ seconds locked out a day │ EUR a day │',
        expect.stringMatching(/^├/),
        '│ contoso │ limit-status │ 96 │ 1440 │ 1920 │ 0 │ 0.768 │',
        '│ │ token-limit │ 1 │ 130 │ 235 │ 60 │ 0.065 │',
        expect.stringMatching(/^└/),
        'contoso: at most 2155 tokens a day (maxTokensPerDay)',
        '',
      ],
    });
  });

  test('tells what alerts would be sent, by the names of settings', async () => {
    const settings = { CONTOSO_KEY: 'contoso-demo-key', HOOK: 'https://hooks.example/canary', SIGN: 'A'.repeat(43) };
    const alerts = [
      { webhook: { setting: 'HOOK' }, secret: { setting: 'SIGN' } },
      { webhook: { setting: 'HOOK' }, on: ['missed'] },
    ];
    const folder = await aFolder(aConfigFile({ rest: { alerts } }), settings);
    const { exitCode, stdout } = await outputOf(['config', 'check', 'my.json'], { folder });
    expect({ exitCode, alerts: stdout.split('\n').filter((line) => line.startsWith('alerts ')) }).toEqual({
      exitCode: 0,
      alerts: [
        'alerts to the address in HOOK, signed with the secret in SIGN: fail (a check fails that did not); recovered (it passes again); missed (a check was due and had not run an hour later)',
        'alerts to the address in HOOK, not signed: missed (a check was due and had not run an hour later)',
      ],
    });
    expect(stdout).not.toContain('canary');
  });

  test('names every problem on a line of its own, exit code 3', async () => {
    const folder = await aFolder(aConfigFile({ customer: { gateway: 'man', tokensPerMinute: 0 } }));
    expect(await outputOf(['config', 'check', 'my.json'], { folder })).toEqual({
      exitCode: 3,
      stdout: '',
      stderr: [
        'error: The configuration my.json has 3 problems; nothing was started.',
        '  customers[0].tokensPerMinute: expected at least 1',
        '  customers[0].gateway: no gateway has the id "man"',
        '  customers[0].key.setting: the setting CONTOSO_KEY is not set',
        '',
      ].join('\n'),
    });
  });

  test('prints costs, notices and alerts as JSON', async () => {
    const alerts = [{ webhook: { setting: 'HOOK' }, on: ['missed'] }];
    const folder = await aFolder(aConfigFile({ customer: { checks: ['limit-status'] }, rest: { alerts } }));
    const { exitCode, stdout } = await outputOf(['config', 'check', 'my.json', '--no-keys', '--json'], { folder });
    expect({ exitCode, printed: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      printed: {
        file: 'my.json',
        problems: [],
        notices: [],
        customers: [
          {
            customerId: 'contoso',
            maxTokensPerDay: 2000,
            costsPerDay: [expect.objectContaining({ check: 'limit-status', auditsPerDay: 96 })],
          },
        ],
        alerts,
      },
    });
  });

  test('prints problems as JSON, exit code 3', async () => {
    const folder = await aFolder(aConfigFile({ customer: { gateway: 'man' } }));
    expect(await outputOf(['config', 'check', 'my.json', '--no-keys', '--json'], { folder })).toEqual({
      exitCode: 3,
      stdout: `${JSON.stringify({ file: 'my.json', problems: ['customers[0].gateway: no gateway has the id "man"'] })}\n`,
      stderr: '',
    });
  });

  test('does not ask for keys with --no-keys', async () => {
    const folder = await aFolder(aConfigFile());
    expect((await outputOf(['config', 'check', 'my.json', '--no-keys'], { folder })).exitCode).toBe(0);
  });

  test('takes keys of the environment before those of local settings', async () => {
    const folder = await aFolder(aConfigFile(), { CONTOSO_KEY: 'contoso-demo-key' });
    const { exitCode, stderr } = await outputOf(['config', 'check', 'my.json'], { folder, env: { CONTOSO_KEY: '' } });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: expect.stringContaining('  customers[0].key.setting: the setting CONTOSO_KEY is not set\n'),
    });
  });

  test('names a file that is missing, exit code 3', async () => {
    const folder = await aFolder({});
    const { exitCode, stderr } = await outputOf(['config', 'check', 'other.json'], { folder });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 3,
      stderr: `error: Cannot read the configuration ${join(folder, 'other.json')}: there is no such file; audit.config.example.json shows what to write.\n`,
    });
  });
});

test('config schema prints the JSON Schema', async () => {
  const { exitCode, stdout } = await outputOf(['config', 'schema']);
  expect({ exitCode, type: JSON.parse(stdout).type }).toEqual({ exitCode: 0, type: 'object' });
});

const tpm = {
  APIM_TPM_URL: 'https://contoso.azure-api.net/aoai/',
  APIM_TPM_SUB_KEY: 'the-key-itself',
  APIM_TPM_API_VERSION: '2024-10-21',
  APIM_TPM_AOAI_DEPLOY: 'gpt-4o',
};
const tpmGateway = {
  id: 'token-limit',
  endpoint: 'https://contoso.azure-api.net/aoai',
  deployment: 'gpt-4o',
  apiVersion: '2024-10-21',
  headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
};
const tpmCustomer = {
  id: 'token-limit',
  gateway: 'token-limit',
  key: { setting: 'APIM_TPM_SUB_KEY' },
  tokensPerMinute: 100,
  checks: ['limit-status', 'access', 'token-limit'],
};

describe('config from-env', () => {
  const args = ['config', 'from-env', '--tokens-per-minute', '100'];

  test('makes a configuration of the token limit scenario, with the key by name only', async () => {
    const { exitCode, stdout, stderr } = await outputOf(args, { env: tpm });
    expect({ exitCode, config: JSON.parse(stdout) }).toEqual({
      exitCode: 0,
      config: { gateways: [tpmGateway], customers: [tpmCustomer] },
    });
    expect(stdout + stderr).not.toContain('the-key-itself');
  });

  test('what it makes is what config check accepts', async () => {
    const { stdout } = await outputOf(args, { env: tpm });
    const folder = await aFolder(JSON.parse(stdout));
    expect((await outputOf(['config', 'check', 'my.json'], { folder, env: tpm })).exitCode).toBe(0);
  });

  test('makes one of all three scenarios where their variables are set', async () => {
    const env = {
      ...tpm,
      APIM_USAGE_URL: 'https://contoso.azure-api.net/usage',
      APIM_USAGE_API_VERSION: '2024-10-21',
      APIM_USAGE_AOAI_DEPLOY: 'gpt-4o',
      APIM_USAGE_KEY_FABRIKAM: 'k1',
      APIM_USAGE_KEY_ADATUM: 'k2',
      APIM_LB_URL: 'https://contoso.azure-api.net/lb',
      APIM_LB_SUB_KEY: 'k3',
      APIM_LB_API_VERSION: '2024-10-21',
      APIM_LB_AOAI_DEPLOY: 'gpt-4o',
    };
    const { stdout } = await outputOf(args, { env });
    const others = { deployment: 'gpt-4o', apiVersion: '2024-10-21' };
    expect(JSON.parse(stdout)).toEqual({
      gateways: [
        tpmGateway,
        { id: 'usage', endpoint: 'https://contoso.azure-api.net/usage', ...others },
        { id: 'load-balance', endpoint: 'https://contoso.azure-api.net/lb', ...others },
      ],
      customers: [
        tpmCustomer,
        { id: 'adatum', gateway: 'usage', key: { setting: 'APIM_USAGE_KEY_ADATUM' }, tokensPerMinute: 100 },
        { id: 'fabrikam', gateway: 'usage', key: { setting: 'APIM_USAGE_KEY_FABRIKAM' }, tokensPerMinute: 100 },
        { id: 'load-balance', gateway: 'load-balance', key: { setting: 'APIM_LB_SUB_KEY' }, tokensPerMinute: 100 },
      ],
    });
  });

  test.each([
    ['https://contoso.azure-api.net', 'https://contoso.azure-api.net'],
    ['https://contoso.azure-api.net//', 'https://contoso.azure-api.net'],
    ['https://contoso.azure-api.net/openai', 'https://contoso.azure-api.net'],
    ['https://contoso.azure-api.net/aoai/openai/', 'https://contoso.azure-api.net/aoai'],
    [
      'https://contoso.azure-api.net/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-02-01',
      'https://contoso.azure-api.net/aoai',
    ],
    ['https://contoso.azure-api.net/openai-gateway', 'https://contoso.azure-api.net/openai-gateway'],
  ])('reads the address %s as the endpoint %s', async (url, endpoint) => {
    const { stdout } = await outputOf(args, { env: { ...tpm, APIM_TPM_URL: url } });
    expect(JSON.parse(stdout).gateways[0].endpoint).toBe(endpoint);
  });

  test.each([
    [{}, args, 'error: None of the variables APIM_TPM_…, APIM_USAGE_… and APIM_LB_… is set.\n'],
    [
      { APIM_TPM_URL: 'https://contoso.azure-api.net', APIM_USAGE_URL: 'https://contoso.azure-api.net' },
      args,
      [
        'error: Some variables of the scenarios are not set.',
        '  APIM_TPM_SUB_KEY: not set',
        '  APIM_TPM_API_VERSION: not set',
        '  APIM_TPM_AOAI_DEPLOY: not set',
        '  APIM_USAGE_KEY_<CUSTOMER>: not set',
        '  APIM_USAGE_API_VERSION: not set',
        '  APIM_USAGE_AOAI_DEPLOY: not set',
        '',
      ].join('\n'),
    ],
    [
      tpm,
      ['config', 'from-env'],
      "error: required option '--tokens-per-minute <n>' not specified\n(add --help for what is possible)\n",
    ],
  ])('says what is missing, exit code 3', async (env, commandLine, stderr) => {
    expect(await outputOf(commandLine, { env })).toEqual({ exitCode: 3, stdout: '', stderr });
  });
});
