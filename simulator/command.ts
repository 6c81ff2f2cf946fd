import { resolve } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { SimulatorConfigError } from './config';
import { readSimulatorConfigFile } from './read-config-file';
import { type Simulator, startSimulator } from './server';
import { startZoo } from './start-zoo';
import { zooCustomerId, zooEntries } from './zoo';

/** Where the command writes; without line ends. */
export interface CommandOutput {
  print(line: string): void;
  complain(line: string): void;
}

// From dist/simulator, where the build puts this file.
const exampleConfigFile = resolve(__dirname, '../../simulator.config.example.json');

const defaultZooPort = 8090;

/** What the command's options say. */
export interface SimulatorOptions {
  readonly config: string;
  readonly port?: number;
  readonly zoo?: true;
}

/** Starts a simulator as the command line says; null where it could not (or only help was asked for), and said why. */
export async function runSimulatorCommand(argv: readonly string[], output: CommandOutput): Promise<Simulator | null> {
  const { print, complain } = output;
  const command = describeSimulatorCommand()
    .exitOverride()
    .configureOutput({ writeOut: (text) => print(text.trimEnd()), writeErr: (text) => complain(text.trimEnd()) });
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    // Commander has said it already.
    if (error instanceof CommanderError) return null;
    throw error;
  }
  return startAsTold(command.opts<SimulatorOptions>(), output);
}

/** The command's name and options, for whichever program offers it. */
export function describeSimulatorCommand(): Command {
  return new Command('simulator')
    .description('An API Management gateway in front of Azure OpenAI, on this machine, with the faults that you plant.')
    .option('--config <file>', 'the configuration', exampleConfigFile)
    .option('--port <number>', "the port, instead of the configuration's; 0 for any free one", toPort)
    .option('--zoo', 'serve every limiter kind and every fault, each at a path of its own; no configuration');
}

/** Starts a simulator as the options say; null where it could not, and said why. */
export async function startAsTold(options: SimulatorOptions, output: CommandOutput): Promise<Simulator | null> {
  try {
    if (options.zoo) return await serveZoo(options.port ?? defaultZooPort, output);
    const config = readSimulatorConfigFile(options.config);
    const simulator = await startSimulator({ config, port: options.port ?? config.port });
    const customers = config.customers.map((customer) => customer.id).join(', ');
    output.print(`Gateway simulator on ${simulator.url}${config.basePath} for ${customers}`);
    return simulator;
  } catch (error) {
    output.complain(explain(error));
    return null;
  }
}

async function serveZoo(port: number, output: CommandOutput): Promise<Simulator> {
  const simulator = await startZoo({ port });
  output.print(`Gateways of the zoo; the key of each is key-of-${zooCustomerId}, its truth is at …/__truth:`);
  for (const { name } of zooEntries()) output.print(`${simulator.url}/zoo/${name}/aoai`);
  return simulator;
}

function explain(error: unknown): string {
  if (error instanceof SimulatorConfigError) return error.message;
  const { message, code } = readSystemError(error);
  const advice = code === 'EADDRINUSE' ? ' Stop what uses that port, or choose another with --port.' : '';
  return `Cannot start the gateway simulator: ${message}.${advice}`;
}

function readSystemError(error: unknown): { readonly message: string; readonly code: unknown } {
  if (typeof error !== 'object' || error === null) return { message: String(error), code: null };
  const message = 'message' in error ? String(error.message) : String(error);
  return { message, code: 'code' in error ? error.code : null };
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
