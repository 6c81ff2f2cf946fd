import { type SimulatorOptions, startAsTold } from '../../simulator/command';
import { type CommandIo, printLine } from './command-io';
import { exitCodes } from './exit-code';

/** `simulator`: serves until the user wants an end; what is needed to start it and is not there is said. */
export async function simulatorCommand(options: SimulatorOptions, { stdout, stderr, signal }: CommandIo) {
  const simulator = await startAsTold(options, {
    print: (line) => printLine(stdout, line),
    complain: (line) => printLine(stderr, `error: ${line}`),
  });
  if (simulator === null) return exitCodes.badUsage;
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await simulator.close();
  return exitCodes.pass;
}
