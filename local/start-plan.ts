import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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
  /** One for each gateway that is simulated; none where a real one is audited. */
  readonly simulators: readonly SimulatorConfig[];
}

const demoConfig = 'audit.config.example.json';
const demoSimulator = 'simulator.config.example.json';
/** Gateways of their own beside it: one simulator is one gateway. */
const demoSimulators = 'simulator/demo';

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
  const simulators = options.simulator ? simulatorFiles(folder).map(readSimulatorConfigFile) : [];
  const keys = simulators.length > 0 ? demoKeys(parseConfig(text, configPath, null), simulators) : {};
  const own = { ...settings, ...keys, AUDIT_CONFIG: configPath };
  return { configPath, config: parseConfig(text, configPath, own), settings: own, simulators };
}

function configOf(settings: Readonly<Record<string, string>>): string {
  const location = settings.AUDIT_CONFIG ?? defaultConfigLocation;
  if (!/^https:/i.test(location)) return location;
  throw new AuditorError('bad-usage', `npm start reads a file: name one with --config instead of ${location}.`);
}

function simulatorFiles(folder: string): readonly string[] {
  const more = resolve(folder, demoSimulators);
  const names = existsSync(more) ? readdirSync(more).filter((name) => name.endsWith('.json')) : [];
  return [resolve(folder, demoSimulator), ...names.toSorted().map((name) => join(more, name))];
}

function demoKeys(config: Config, simulators: readonly SimulatorConfig[]): Record<string, string> {
  const simulatedCustomers = simulators.flatMap(({ customers }) => customers);
  return Object.fromEntries(
    config.customers.flatMap(({ id, key }) => {
      const simulated = simulatedCustomers.find((customer) => customer.id === id);
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
