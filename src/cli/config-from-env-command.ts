import { parseConfig } from '../config';
import { readCliSettings } from './cli-settings';
import { type CommandIo, printLine } from './command-io';
import { configFromEnv, type FromEnvOptions } from './config-from-env';
import { exitCodes } from './exit-code';

/** `config from-env`: prints a configuration that `config check` accepts, and on stderr what it can't know. */
export async function configFromEnvCommand(options: FromEnvOptions, io: CommandIo): Promise<number> {
  const settings = await readCliSettings(io);
  const text = JSON.stringify(configFromEnv(settings, options), null, 2);
  const config = parseConfig(text, 'made from the environment', settings);
  printLine(io.stdout, text);
  printLine(
    io.stderr,
    'note: write "dedicated": true for customers whose key nobody else uses; their limit is then judged from both sides',
  );
  if (config.gateways.some(({ id }) => id === 'load-balance')) {
    printLine(io.stderr, 'note: add gateways[].pool with its members; the variables do not name them');
  }
  if (config.gateways.some(({ id }) => id === 'usage')) {
    printLine(io.stderr, 'note: add gateways[].meter; the variables do not name one');
  }
  return exitCodes.pass;
}
