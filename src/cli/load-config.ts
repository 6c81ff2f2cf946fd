import { AuditorError } from '../auditor-error';
import { type Config, parseConfig, type Settings } from '../config';

/** The flags that say which gateway is loaded, and with whose key. */
export interface LoadTargetOptions {
  readonly endpoint?: string;
  readonly deployment?: string;
  readonly api: 'deployments' | 'v1';
  readonly apiVersion?: string;
  readonly keySetting?: string;
  readonly keyHeader: string;
}

/** The one customer of a load without a configuration. */
export const loadCustomerId = 'load';

const flags: Readonly<Record<string, string>> = {
  'gateways[0].endpoint': '--endpoint',
  'gateways[0].deployment': '--deployment',
  'gateways[0].apiVersion': '--api-version',
  'gateways[0].auth': '--key-header',
  'customers[0].key': '--key-setting',
};

/**
 * A configuration of one gateway and one customer, by the same schema as a file. Throws `bad-usage` with every problem,
 * each after its flag. Nobody promised this customer anything, so its limit is none that is ever judged.
 */
export function loadConfigOf(options: LoadTargetOptions, settings: Settings): Config {
  const { endpoint, deployment, api, apiVersion, keySetting, keyHeader } = options;
  const missing = [
    ...(endpoint === undefined ? ['--endpoint'] : []),
    ...(deployment === undefined ? ['--deployment'] : []),
    ...(apiVersion === undefined && api === 'deployments' ? ['--api-version'] : []),
    ...(keySetting === undefined ? ['--key-setting'] : []),
  ];
  if (missing.length > 0) {
    throw new AuditorError('bad-usage', 'A load needs to know its gateway; or give --config with a configuration.', {
      problems: missing.map((flag) => `${flag}: required`),
    });
  }
  const file = {
    gateways: [{ id: 'load', endpoint, deployment, api, apiVersion, auth: { keyHeader } }],
    customers: [{ id: loadCustomerId, gateway: 'load', tokensPerMinute: 1000, key: { setting: keySetting } }],
  };
  try {
    return parseConfig(JSON.stringify(file), 'of the load', settings);
  } catch (error) {
    if (!(error instanceof AuditorError)) throw error;
    const problems = error.details.problems?.map(withFlag) ?? [error.message];
    throw new AuditorError('bad-usage', 'The load cannot start.', { cause: error, problems });
  }
}

function withFlag(problem: string): string {
  const path = Object.keys(flags).find((start) => problem.startsWith(start));
  return path === undefined ? problem : `${flags[path]}${problem.slice(problem.indexOf(': '))}`;
}
