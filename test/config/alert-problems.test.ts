import { aConfigFile, problemsOf, someSettings } from '../a-config';

const secret = Buffer.alloc(32, 7).toString('base64');
const file = aConfigFile({
  rest: {
    alerts: [{ webhook: { setting: 'HOOK' }, secret: { setting: 'HOOK_SECRET' } }, { webhook: { setting: 'B' } }],
  },
});
const good = {
  ...someSettings,
  HOOK: 'https://hooks.example/x?token=abc',
  HOOK_SECRET: `whsec_${secret}`,
  B: 'http://b',
};

const notAnAddress =
  'alerts[0].webhook.setting: the value of HOOK is no address such as https://alerts.contoso.example/gateway-audit';
const noSecret =
  'alerts[0].secret.setting: the value of HOOK_SECRET is no secret of Standard Webhooks: 24 to 64 random bytes in base64, such as "openssl rand -base64 32" prints, with or without whsec_ before them';

test.each<[string, Readonly<Record<string, string | undefined>>, readonly string[]]>([
  ['nothing is wrong', {}, []],
  ['a secret without its prefix is as good', { HOOK_SECRET: secret }, []],
  [
    'every setting that is not there is named',
    { HOOK: undefined, HOOK_SECRET: '', B: undefined },
    [
      'alerts[0].webhook.setting: the setting HOOK is not set',
      'alerts[0].secret.setting: the setting HOOK_SECRET is not set',
      'alerts[1].webhook.setting: the setting B is not set',
    ],
  ],
  ['what is no address is not repeated', { HOOK: '@Microsoft.KeyVault(canary)' }, [notAnAddress]],
  [
    'other protocols are refused',
    { HOOK: 'file:///canary' },
    ['alerts[0].webhook.setting: the value of HOOK is no http or https address'],
  ],
  [
    'credentials in an address are refused',
    { HOOK: 'https://user:canary@hooks.example' },
    [
      'alerts[0].webhook.setting: the value of HOOK holds a user or password; let the webhook check the signature (secret) instead',
    ],
  ],
  ['a short secret is refused', { HOOK_SECRET: 'whsec_Y2FuYXJ5' }, [noSecret]],
  ['a secret that is no base64 is refused', { HOOK_SECRET: 'canary canary canary canary canary canary' }, [noSecret]],
])('%s', (_, settings, problems) => {
  const found = problemsOf(file, { ...good, ...settings });
  expect(found).toEqual(problems);
  expect(found.join()).not.toContain('canary');
});

test('where settings are not known, only their names are asked for', () => {
  expect(problemsOf(file, null)).toEqual([]);
});
