import { runSimulatorCommand } from './command';

const asksForHelp = process.argv.some((argument) => argument === '--help' || argument === '-h');

runSimulatorCommand(process.argv.slice(2), {
  print: (line) => process.stdout.write(`${line}\n`),
  complain: (line) => process.stderr.write(`${line}\n`),
}).then((simulator) => {
  if (!simulator) {
    process.exitCode = asksForHelp ? 0 : 1;
    return;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => simulator.close());
});
