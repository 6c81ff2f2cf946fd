import { aConfigFile, problemsOf } from '../a-config';

/* What generated configurations broke something with, each by its name. */
const meterAt = (query: string) => ({
  gateway: { meter: { kind: 'http', url: `https://meter.example/usage${query}` } },
});
const inQuery =
  'gateways[0].meter.url: must not hold a key or a signature in its query: the address is shown in reports';
const halves = 'gateways[0].deployment: must not hold control characters or halves of characters';

test.each<[string, object, string]>([
  ['a function key in a meter’s address', meterAt('?code=s3cret'), inQuery],
  ['a shared access signature in it', meterAt('?a=1&sig=s3cret'), inQuery],
  ['a subscription key in it', meterAt('?Subscription-Key=s3cret'), inQuery],
  ['a token in it', meterAt('?access_token=s3cret'), inQuery],
  [
    'a user and a password in it',
    { gateway: { meter: { kind: 'http', url: 'https://user:s3cret@meter.example' } } },
    'gateways[0].meter.url: must not hold credentials; name a setting as the key instead',
  ],
  ['a name with half a character', { gateway: { deployment: 'gpt-\ud800' } }, halves],
  ['a name that paints a terminal', { gateway: { deployment: 'gpt-\u001b[2J' } }, halves],
  [
    'a setting that every object has',
    { customer: { key: { setting: 'constructor' } } },
    'customers[0].key.setting: the setting constructor is not set',
  ],
  ...[
    'AUDIT_STORAGE',
    'AzureWebJobsStorage',
    'audit_signing_key',
    'AUDIT_STORAGE__accountName',
    'IDENTITY_HEADER',
    'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  ].map((setting): [string, object, string] => [
    `the service's own setting ${setting} as a customer's key`,
    { customer: { key: { setting } } },
    "customers[0].key.setting: is a setting of the service itself or of its host, whose value is nobody else's",
  ]),
  [
    'more calls than a list holds',
    { customer: { checkSettings: { usage: { calls: Number.MAX_SAFE_INTEGER } } } },
    'customers[0].checkSettings.usage.calls: expected at most 1000',
  ],
])('%s is refused, and not repeated', (_, parts, problem) => {
  const problems = problemsOf(aConfigFile(parts));
  expect(problems).toEqual([problem]);
  expect(problems.join()).not.toContain('s3cret');
});

test('a meter’s other parameters are its own business', () => {
  const problems = problemsOf(
    aConfigFile({ gateway: { meter: { kind: 'http', url: 'https://m.example/?codec=1&monkey=2' } } }),
  );
  expect(problems).toEqual([]);
});
