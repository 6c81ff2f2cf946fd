import { readFileSync } from 'node:fs';
import { parseSimulatorConfig, type SimulatorConfig, SimulatorConfigError } from './config';

/** Reads and checks a configuration file. Throws a SimulatorConfigError that names the file and what is wrong. */
export function readSimulatorConfigFile(path: string): SimulatorConfig {
  return parseSimulatorConfig(readJson(path));
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SimulatorConfigError([`${path} cannot be read as JSON: ${reason}`]);
  }
}
