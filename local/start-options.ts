import { parseArgs } from 'node:util';
import { AuditorError } from '../src/auditor-error';

export interface StartOptions {
  /** The configuration to audit by; null: the demo's (with the simulator), else the setting AUDIT_CONFIG. */
  readonly config: string | null;
  readonly simulator: boolean;
}

export const startUsage = `Usage: npm start [-- --config FILE] [--no-simulator]

Starts storage (Azurite, data under .data/), the gateway simulator and the functions host,
audits every customer at once and then on schedule. Ctrl-C stops all of it.

  --config FILE    audit by this configuration instead of the demo's
  --no-simulator   audit a real gateway
  PORT             where the HTTP API listens (default 7071)`;

/** Reads the arguments; 'help' where they ask for it. Throws `bad-usage` for what is not known. */
export function readStartOptions(args: readonly string[]): StartOptions | 'help' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        'no-simulator': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return 'help';
    return { config: values.config ?? null, simulator: !values['no-simulator'] };
  } catch (cause) {
    throw new AuditorError('bad-usage', `${(cause as Error).message}\n\n${startUsage}`, { cause });
  }
}
