import { AuditorError } from '../src/auditor-error';
import { type Config, parseConfig, type Settings } from '../src/config';

/** A configuration file as an object that shows only what matters to a test: one gateway, one customer. */
export function aConfigFile(
  parts: { readonly gateway?: object; readonly customer?: object; readonly rest?: object } = {},
): object {
  return {
    gateways: [
      {
        id: 'main',
        endpoint: 'https://contoso.azure-api.net/aoai',
        deployment: 'gpt-4o',
        apiVersion: '2024-10-21',
        ...parts.gateway,
      },
    ],
    customers: [
      { id: 'contoso', gateway: 'main', tokensPerMinute: 100, key: { setting: 'CONTOSO_KEY' }, ...parts.customer },
    ],
    ...parts.rest,
  };
}

/** The settings that `aConfigFile` names, and those of a webhook. */
export const someSettings = {
  CONTOSO_KEY: 'contoso-demo-key',
  CONTOSO_HOOK: 'https://hooks.contoso.example',
  CONTOSO_HOOK_SECRET: Buffer.from('32 bytes that are no secret here').toString('base64'),
} as const;

/** A configuration, read. */
export function parsed(file: object, settings: Settings | null = someSettings): Config {
  return parseConfig(JSON.stringify(file), 'audit.config.json', settings);
}

/** What is wrong with a configuration. */
export function problemsOf(file: unknown, settings: Settings | null = someSettings): readonly string[] {
  try {
    parseConfig(JSON.stringify(file), 'audit.config.json', settings);
    return [];
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'config-invalid') return error.details.problems ?? [];
    throw error;
  }
}
