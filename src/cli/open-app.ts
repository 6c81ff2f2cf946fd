import { readCliSettings } from './cli-settings';
import type { CommandApp, CommandParts } from './command-app';
import type { CommandIo } from './command-io';

/** The app on the command's settings, with the configuration that `--config` names or else the setting. */
export async function openCommandApp(
  configLocation: string | undefined,
  io: CommandIo,
  { openApp }: Pick<CommandParts, 'openApp'>,
): Promise<CommandApp> {
  return openApp(await readCliSettings(io), configLocation === undefined ? {} : { configLocation });
}
