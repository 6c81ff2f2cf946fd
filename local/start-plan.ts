import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SimulatorConfig } from '../simulator/config';
import { readSimulatorConfigFile } from '../simulator/read-config-file';
import { AuditorError } from '../src/auditor-error';
import { type Config, parseConfig } from '../src/config';
import { defaultConfigLocation } from '../src/config/settings';
import type { StartOptions } from './start-options';

/** What `npm start` is about to start, checked before any of it is. */
export interface StartPlan {
  readonly configPath: string;
  readonly config: Config;
  /** The app's settings, storage excepted. */
  readonly settings: Readonly<Record<string, string>>;
  readonly simulator: SimulatorConfig | null;
}

const demoConfig = 'audit.config.example.json';
const demoSimulator = 'simulator.config.example.json';

/**
 * Reads and checks the configuration. With the simulator, the keys of its customers are the settings that the
 * configuration names for them: a real key has no business there. Throws `config-unreadable` or `config-invalid`.
 */
export function planStart(
  options: StartOptions,
  folder: string,
  settings: Readonly<Record<string, string>>,
): StartPlan {
  const configPath = resolve(folder, options.config ?? (options.simulator ? demoConfig : configOf(settings)));
  const text = readText(configPath);
  const simulator = options.simulator ? readSimulatorConfigFile(resolve(folder, demoSimulator)) : null;
  const keys = simulator ? demoKeys(parseConfig(text, configPath, null), simulator) : {};
  const own = { ...settings, ...keys, AUDIT_CONFIG: configPath };
  return { configPath, config: parseConfig(text, configPath, own), settings: own, simulator };
}

function configOf(settings: Readonly<Record<string, string>>): string {
  const location = settings.AUDIT_CONFIG ?? defaultConfigLocation;
  if (!/^https:/i.test(location)) return location;
  throw new AuditorError('bad-usage', `npm start reads a file: name one with --config instead of ${location}.`);
}

function demoKeys(config: Config, simulator: SimulatorConfig): Record<string, string> {
  return Object.fromEntries(
    config.customers.flatMap(({ id, key }) => {
      const simulated = simulator.customers.find((customer) => customer.id === id);
      return key && simulated ? [[key.setting, simulated.key]] : [];
    }),
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (cause as Error).message;
    throw new AuditorError('config-unreadable', `Cannot read the configuration ${path}: ${why}.`, { cause });
  }
}
