import { AuditorError } from '../auditor-error';
import type { Settings } from '../config';

/** What the variables don't say. */
export interface FromEnvOptions {
  readonly tokensPerMinute: number;
}

interface Scenario {
  readonly id: string;
  readonly prefix: string;
  /** The notebooks' gateway sends these headers where it limits tokens. */
  readonly headers?: { readonly consumedTokens: string; readonly remainingTokens: string };
  readonly checks?: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {
    id: 'token-limit',
    prefix: 'APIM_TPM',
    headers: { consumedTokens: 'consumed-tokens', remainingTokens: 'remaining-tokens' },
    checks: ['limit-status', 'access', 'token-limit'],
  },
  { id: 'usage', prefix: 'APIM_USAGE' },
  { id: 'load-balance', prefix: 'APIM_LB' },
];

/**
 * A configuration made from the notebook variables of the three starting scenarios, as far as they are set; keys by
 * the names of their variables only. Throws `bad-usage` with every variable that is missing.
 */
export function configFromEnv(env: Settings, { tokensPerMinute }: FromEnvOptions): object {
  const used = scenarios.filter(({ prefix }) => Object.keys(env).some((name) => name.startsWith(`${prefix}_`)));
  if (used.length === 0) {
    throw new AuditorError('bad-usage', 'None of the variables APIM_TPM_…, APIM_USAGE_… and APIM_LB_… is set.');
  }
  const missing = used.flatMap(({ prefix }) => requiredNames(prefix, env).filter((name) => !env[name]));
  if (missing.length > 0) {
    throw new AuditorError('bad-usage', 'Some variables of the scenarios are not set.', {
      problems: missing.map((name) => `${name}: not set`),
    });
  }
  const customers = used.flatMap(({ id, prefix, checks }) =>
    keyNames(prefix, env).map((setting) => ({
      id: customerIdOf(setting) ?? id,
      gateway: id,
      key: { setting },
      tokensPerMinute,
      ...(checks && { checks }),
    })),
  );
  return { gateways: used.map((scenario) => gatewayOf(scenario, env)), customers };
}

/**
 * What stands before `/openai/deployments/…`: notebooks hold it with a slash at its end, with `/openai`, or as the
 * whole address of a call.
 */
export function endpointFromUrl(url: string): string {
  return url
    .trim()
    .replace(/[?#].*$/, '')
    .replace(/\/openai(\/deployments(\/.*)?)?\/*$/i, '')
    .replace(/\/+$/, '');
}

function gatewayOf({ id, prefix, headers }: Scenario, env: Settings): object {
  return {
    id,
    endpoint: endpointFromUrl(env[`${prefix}_URL`] ?? ''),
    deployment: env[`${prefix}_AOAI_DEPLOY`],
    apiVersion: env[`${prefix}_API_VERSION`],
    ...(headers && { headers }),
  };
}

function requiredNames(prefix: string, env: Settings): readonly string[] {
  const keys = keyNames(prefix, env);
  const key = keys.length > 0 ? keys : ['APIM_USAGE_KEY_<CUSTOMER>'];
  return [`${prefix}_URL`, ...key, `${prefix}_API_VERSION`, `${prefix}_AOAI_DEPLOY`];
}

function keyNames(prefix: string, env: Settings): readonly string[] {
  if (prefix !== 'APIM_USAGE') return [`${prefix}_SUB_KEY`];
  return Object.keys(env)
    .filter((name) => customerIdOf(name) !== null)
    .toSorted();
}

function customerIdOf(setting: string): string | null {
  return /^APIM_USAGE_KEY_(.+)$/.exec(setting)?.[1]?.toLowerCase() ?? null;
}
