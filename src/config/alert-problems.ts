import { z } from 'zod';
import type { Settings } from '../config';
import { urlProblem } from './endpoint';
import { secretSetting } from './schema';

/** As much of the file's form as is needed to look the named settings up, whatever else is wrong with it. */
const named = secretSetting.nullable().catch(null);
const alertsSchema = z.object({
  alerts: z
    .array(
      z
        .object({ webhook: named, secret: named.default(null) })
        .nullable()
        .catch(null),
    )
    .catch([]),
});

/** Standard Webhooks: 24 to 64 random bytes in base64, with `whsec_` before them. */
const leastSecretBytes = 24;
const mostSecretBytes = 64;

/**
 * What is wrong with the settings that alerts name, each as `path: what`; of a value it is said what it should be, never
 * what it is: a webhook's address often is a secret itself.
 */
export function alertProblems(json: unknown, settings: Settings): readonly string[] {
  const parsed = alertsSchema.safeParse(json);
  const alerts = parsed.success ? parsed.data.alerts : [];
  return alerts.flatMap((alert, index) => [
    ...settingProblem(`alerts[${index}].webhook.setting`, alert?.webhook, { settings, problemOf: addressProblem }),
    ...settingProblem(`alerts[${index}].secret.setting`, alert?.secret, { settings, problemOf: secretProblem }),
  ]);
}

function settingProblem(
  path: string,
  named: { readonly setting: string } | null | undefined,
  { settings, problemOf }: { readonly settings: Settings; readonly problemOf: (value: string) => string | null },
): readonly string[] {
  if (!named) return [];
  const value = settings[named.setting];
  if (!value) return [`${path}: the setting ${named.setting} is not set`];
  const problem = problemOf(value);
  return problem === null ? [] : [`${path}: the value of ${named.setting} ${problem}`];
}

function addressProblem(value: string): string | null {
  const problem = urlProblem(value);
  if (problem === null) return null;
  if (!URL.canParse(value)) return 'is no address such as https://alerts.contoso.example/gateway-audit';
  const { username, password } = new URL(value);
  return username !== '' || password !== ''
    ? 'holds a user or password; let the webhook check the signature (secret) instead'
    : 'is no http or https address';
}

function secretProblem(value: string): string | null {
  const text = value.replace(/^whsec_/, '');
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64').length : 0;
  return bytes >= leastSecretBytes && bytes <= mostSecretBytes
    ? null
    : `is no secret of Standard Webhooks: ${leastSecretBytes} to ${mostSecretBytes} random bytes in base64, such as "openssl rand -base64 32" prints, with or without whsec_ before them`;
}
