import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseSimulatorConfig, type SimulatorConfig, SimulatorConfigError } from './config';

/**
 * Reads and checks a configuration file. `apimBackends` may name a file beside it, as the management API answers
 * (`{ "value": […] }`) or a plain list. Throws a SimulatorConfigError that says what is wrong.
 */
export function readSimulatorConfigFile(path: string): SimulatorConfig {
  const raw = readJson(path);
  if (typeof raw !== 'object' || raw === null || !('apimBackends' in raw)) return parseSimulatorConfig(raw);
  if (typeof raw.apimBackends !== 'string') return parseSimulatorConfig(raw);
  const listed = readJson(resolve(dirname(path), raw.apimBackends));
  const isPage = typeof listed === 'object' && listed !== null && 'value' in listed;
  return parseSimulatorConfig({ ...raw, apimBackends: isPage ? listed.value : listed });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new SimulatorConfigError([`${path} cannot be read as JSON: ${String(error)}`]);
  }
}
