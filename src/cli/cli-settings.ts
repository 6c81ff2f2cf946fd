import { join } from 'node:path';
import { readLocalSettings } from '../adapters/config/local-settings';
import type { Settings } from '../config';
import type { CommandIo } from './command-io';

/** The settings of a command: the environment over the `Values` of `local.settings.json` in the working directory. */
export async function readCliSettings({ env, folder }: Pick<CommandIo, 'env' | 'folder'>): Promise<Settings> {
  return { ...(await readLocalSettings(join(folder, 'local.settings.json'))), ...env };
}
