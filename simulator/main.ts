import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { SimulatorConfigError } from './config';
import { readSimulatorConfigFile } from './read-config-file';
import { startSimulator } from './server';

const defaultConfigFile = resolve(__dirname, '../../simulator.config.example.json');

const program = new Command('simulator')
  .description('An API Management gateway in front of Azure OpenAI, on this machine, with the faults that you plant.')
  .option('--config <file>', 'the configuration', defaultConfigFile)
  .option('--port <number>', "the port, instead of the configuration's; 0 for any free one", toPort)
  .parse();

run(program.opts<{ config: string; port?: number }>()).catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});

async function run(options: { readonly config: string; readonly port?: number }): Promise<void> {
  const config = readSimulatorConfigFile(options.config);
  const simulator = await startSimulator({ config, port: options.port ?? config.port });
  const customers = config.customers.map((customer) => customer.id).join(', ');
  process.stdout.write(`Gateway simulator on ${simulator.url}${config.basePath} for ${customers}\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => simulator.close());
}

function explain(error: unknown): string {
  if (error instanceof SimulatorConfigError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Cannot start the gateway simulator: ${error.message}. Stop what uses that port, or choose another with --port.`;
  }
  return `Cannot start the gateway simulator: ${error instanceof Error ? error.message : String(error)}`;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
