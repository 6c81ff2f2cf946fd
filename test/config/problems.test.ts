import { parseConfig } from '../../src/config';
import { aConfigFile, problemsOf } from '../a-config';

const pool = { members: [{ id: 'a' }, { id: 'b' }] };

describe('what is refused, and how it is said', () => {
  test.each<[string, Parameters<typeof aConfigFile>[0], string]>([
    ['an unknown key', { customer: { tokenPerMinute: 5 } }, 'customers[0].tokenPerMinute: unknown key'],
    ['an unknown key at the top', { rest: { gateway: 5 } }, 'gateway: unknown key'],
    ['a number as text', { customer: { tokensPerMinute: '100' } }, 'customers[0].tokensPerMinute: expected a number'],
    ['a limit of nothing', { customer: { tokensPerMinute: 0 } }, 'customers[0].tokensPerMinute: expected at least 1'],
    ['half a token', { customer: { tokensPerMinute: 99.5 } }, 'customers[0].tokensPerMinute: expected a whole number'],
    [
      'an id with a blank',
      { customer: { id: 'con toso' } },
      'customers[0].id: expected a letter or digit, then up to 62 of letters, digits, ".", "_", "-"',
    ],
    ['a missing deployment', { gateway: { deployment: undefined } }, 'gateways[0].deployment: required'],
    ['an empty deployment', { gateway: { deployment: ' ' } }, 'gateways[0].deployment: must not be empty'],
    [
      'a missing api version',
      { gateway: { apiVersion: undefined } },
      'gateways[0].apiVersion: required with "api": "deployments"',
    ],
    [
      'no address',
      { gateway: { endpoint: 'contoso' } },
      'gateways[0].endpoint: expected an address such as https://contoso.azure-api.net/aoai',
    ],
    [
      'another protocol',
      { gateway: { endpoint: 'ftp://contoso.example' } },
      'gateways[0].endpoint: expected an http or https address',
    ],
    [
      'credentials in an endpoint',
      { gateway: { endpoint: 'https://user:secret@contoso.example' } },
      'gateways[0].endpoint: must not hold credentials; name a setting as the key instead',
    ],
    [
      'a key in the query of an endpoint',
      { gateway: { endpoint: 'https://contoso.example/aoai?subscription-key=secret' } },
      'gateways[0].endpoint: must end with the path, without a query or a fragment',
    ],
    [
      'the address of a call',
      { gateway: { endpoint: 'https://contoso.example/aoai/openai/deployments/gpt-4o' } },
      'gateways[0].endpoint: is what stands before /openai/deployments/…; leave that part away',
    ],
    [
      'the address of a v1 call',
      { gateway: { api: 'v1', endpoint: 'https://contoso.example/openai/v1/chat/completions' } },
      'gateways[0].endpoint: is what stands before /chat/completions; leave that part away',
    ],
    ['another api', { gateway: { api: 'v2' } }, 'gateways[0].api: expected "deployments" or "v1"'],
    [
      'neither kind of auth',
      { gateway: { auth: { key: 'api-key' } } },
      'gateways[0].auth: expected { "keyHeader": …, "scheme"?: … } or { "entraScope": … }',
    ],
    [
      'a header that is none',
      { gateway: { headers: { backend: 'x ms' } } },
      "gateways[0].headers.backend: expected a header's name",
    ],
    ['no counter', { gateway: { counters: 0 } }, 'gateways[0].counters: expected at least 1'],
    [
      'a body that replaces the prompt',
      { gateway: { extraBody: { messages: [] } } },
      "gateways[0].extraBody.messages: set by the probes themselves, can't be replaced",
    ],
    [
      'a pool without members',
      { gateway: { pool: { members: [] } } },
      'gateways[0].pool.members: expected at least 1 entry',
    ],
    [
      'two members with one id',
      { gateway: { pool: { members: [{ id: 'a' }, { id: 'a' }] } } },
      'gateways[0].pool.members[1].id: pool.members[0] has this id already',
    ],
    [
      'weights that leave nobody',
      {
        gateway: {
          pool: {
            members: [
              { id: 'a', weight: 0 },
              { id: 'b', priority: 2 },
            ],
          },
        },
      },
      'gateways[0].pool.members: all weights of priority 1 are 0, so none of them would ever answer',
    ],
    [
      'a weight above what API Management takes',
      { gateway: { pool: { members: [{ id: 'a', weight: 101 }] } } },
      'gateways[0].pool.members[0].weight: expected at most 100',
    ],
    [
      'a duration that is none',
      { gateway: { pool: { ...pool, tripDuration: '30s' } } },
      'gateways[0].pool.tripDuration: expected an ISO 8601 duration such as PT30S, PT5M or P1D',
    ],
    [
      'an unknown kind of meter',
      { gateway: { meter: { kind: 'csv' } } },
      'gateways[0].meter.kind: expected an object with "kind": "none", "log-analytics" or "http"',
    ],
    ['a meter without an address', { gateway: { meter: { kind: 'http' } } }, 'gateways[0].meter.url: required'],
    ['an unknown gateway', { customer: { gateway: 'man' } }, 'customers[0].gateway: no gateway has the id "man"'],
    ['no key', { customer: { key: undefined } }, 'customers[0].key: required, because the gateway "main" asks for one'],
    [
      'a key that is not set',
      { customer: { key: { setting: 'OTHER_KEY' } } },
      'customers[0].key.setting: the setting OTHER_KEY is not set',
    ],
    [
      'a key itself',
      { customer: { key: { setting: '0123456789abcdef0123456789ABCDEF' } } },
      'customers[0].key.setting: expected the name of a setting, such as CONTOSO_KEY',
    ],
    [
      'a key itself that could be a name',
      { customer: { key: { setting: 'f123456789abcdef0123456789abcdef' } } },
      'customers[0].key.setting: looks like a key itself; write the name of the setting that holds it',
    ],
    [
      'an unknown check',
      { customer: { checks: ['latency'] } },
      'customers[0].checks[0]: expected "limit-status" or "access" or "load-balance" or "usage" or "config-drift" or "token-limit" or "isolation" or "client-experience" or "token-quota"',
    ],
    [
      'load-balance without a pool',
      { customer: { checks: ['load-balance'] } },
      "customers[0].checks[0]: load-balance can't be run, because its gateway declares no pool",
    ],
    [
      'usage without a meter',
      { customer: { checks: ['access', 'usage'] } },
      "customers[0].checks[1]: usage can't be run, because its gateway declares no meter",
    ],
    [
      'token-quota without a quota',
      { customer: { checks: ['token-quota'] } },
      "customers[0].checks[0]: token-quota can't be run, because the customer declares no tokenQuota",
    ],
    [
      'config-drift without its source',
      { customer: { checks: ['config-drift'] } },
      "customers[0].checks[0]: config-drift can't be run, because its gateway declares no apim",
    ],
    [
      'isolation from nobody',
      { customer: { checks: ['isolation'] } },
      'customers[0].checkSettings.isolation.with: required for the check isolation',
    ],
    [
      'isolation from a stranger',
      { customer: { checkSettings: { isolation: { with: ['fabrikam'] } } } },
      'customers[0].checkSettings.isolation.with[0]: no customer has the id "fabrikam"',
    ],
    [
      'isolation from itself',
      { customer: { checkSettings: { isolation: { with: ['contoso'] } } } },
      'customers[0].checkSettings.isolation.with[0]: is the customer itself',
    ],
    [
      "another check's setting",
      { customer: { checkSettings: { access: { maxTokensFactor: 3 } } } },
      'customers[0].checkSettings.access.maxTokensFactor: unknown key',
    ],
    [
      'a factor that could not find a limit',
      { customer: { checkSettings: { 'token-limit': { maxTokensFactor: 1 } } } },
      'customers[0].checkSettings.token-limit.maxTokensFactor: expected more than 1',
    ],
    [
      "the gateway's own deployment as another one",
      { customer: { alsoDeployments: ['gpt-4o'] } },
      'customers[0].alsoDeployments: "gpt-4o" is the gateway\'s own deployment already',
    ],
    [
      'a quota without a period',
      { customer: { tokenQuota: { tokens: 5 } } },
      'customers[0].tokenQuota.period: expected "Hourly" or "Daily" or "Weekly" or "Monthly" or "Yearly"',
    ],
    [
      'quiet hours without a zone',
      { customer: { quietHours: ['22:00-06:00'] } },
      'customers[0].quietHours[0]: expected hours of the day in UTC, such as 22:00-06:00Z',
    ],
    [
      'a schedule that the host refuses',
      { customer: { schedule: { access: '0 0 3 * * 7' } } },
      'customers[0].schedule.access: no NCRONTAB schedule: "7" is no valid day of week (0 to 6)',
    ],
    [
      'a schedule of an unknown check',
      { rest: { schedules: { latency: '0 0 3 * * *' } } },
      'schedules.latency: unknown key',
    ],
    ['a budget of half a token', { rest: { maxTokensPerDay: 0.5 } }, 'maxTokensPerDay: expected a whole number'],
    [
      'a price without a currency code',
      { rest: { prices: { currency: '€', models: {} } } },
      'prices.currency: expected a currency code such as EUR',
    ],
    [
      'an alert on something else',
      { rest: { alerts: [{ webhook: { setting: 'CONTOSO_HOOK' }, on: ['pass'] }] } },
      'alerts[0].on[0]: expected "fail" or "recovered" or "missed"',
    ],
    ['no customer', { rest: { customers: [] } }, 'customers: expected at least 1 entry'],
  ])('%s', (_, parts, problem) => {
    expect(problemsOf(aConfigFile(parts))).toEqual([problem]);
  });

  test.each([
    ['a list', [], ['the file: expected an object']],
    ['nothing', null, ['the file: expected an object']],
    ['an empty object', {}, ['gateways: required', 'customers: required']],
  ])('%s as the whole file', (_, file, problems) => {
    expect(problemsOf(file)).toEqual(problems);
  });

  test('ids that differ only in case', () => {
    const customer = { gateway: 'main', tokensPerMinute: 1, key: { setting: 'CONTOSO_KEY' } };
    const file = {
      ...aConfigFile(),
      customers: [
        { ...customer, id: 'contoso' },
        { ...customer, id: 'Contoso' },
      ],
    };
    expect(problemsOf(file)).toEqual(['customers[1].id: customers[0] has this id already (case is ignored)']);
  });

  test('every problem at once: of form, and of what does not fit together', () => {
    const file = aConfigFile({
      gateway: { counters: 'two', endpoint: 'https://a:b@contoso.example', apiVersion: undefined },
      customer: { tokensPerMinute: 0, gateway: 'man', key: { setting: 'NOT_SET' }, quota: 1, checks: ['isolation'] },
      rest: { schedules: { access: 'daily' } },
    });
    expect(problemsOf(file)).toEqual([
      'gateways[0].counters: expected a number',
      'customers[0].tokensPerMinute: expected at least 1',
      'customers[0].quota: unknown key',
      'schedules.access: no NCRONTAB schedule: expected 6 fields (or 5, without seconds), not 1',
      'gateways[0].endpoint: must not hold credentials; name a setting as the key instead',
      'gateways[0].apiVersion: required with "api": "deployments"',
      'customers[0].gateway: no gateway has the id "man"',
      'customers[0].key.setting: the setting NOT_SET is not set',
      'customers[0].checkSettings.isolation.with: required for the check isolation',
    ]);
  });

  test('no message repeats what could be a secret', () => {
    const secret = 'f123456789abcdef0123456789abcdef';
    const file = aConfigFile({
      gateway: { endpoint: `https://user:${secret}@contoso.example`, apiVersion: 1 },
      customer: { key: secret },
      rest: { alerts: [{ webhook: { setting: `https://hook.example/${secret}` } }] },
    });
    const problems = problemsOf(file);
    expect(problems.length).toBe(4);
    expect(problems.join('\n')).not.toContain(secret);
  });
});

test.each([
  ['{\n  "gateways": [],\n  "customers": oops\n}', 'line 3, column 16'],
  ['{\n  "gateways": [\n', 'line 2, column 16'],
  ['{ "gateways": [], }', 'line 1, column 19'],
])('text that is no JSON is refused with its place', (text, place) => {
  expect(() => parseConfig(text, 'audit.config.json', {})).toThrow(
    expect.objectContaining({
      code: 'config-invalid',
      message: 'The configuration audit.config.json is not JSON.',
      details: expect.objectContaining({
        problems: [
          `${place}: no valid JSON here; a comma, a quote or a bracket too many or too few is the usual reason`,
        ],
      }),
    }),
  );
});
