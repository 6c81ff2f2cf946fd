import { mkdirSync, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SimulatorConfigError } from '../simulator/config';
import { AuditorError } from '../src/auditor-error';
import { exitCodeOf, explain } from './exit-code';
import { createLog, type Log } from './log';
import { readSettings } from './settings';
import { startEverything } from './start-everything';
import { readStartOptions, startUsage } from './start-options';
import { planStart } from './start-plan';
import { stopOnSignal } from './stop-on-signal';
import { createStops } from './stops';
import { readWholeNumber } from './whole-number';

/** `npm start`: everything that an audit needs, on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const options = readStartOptions(process.argv.slice(2));
  if (options === 'help') {
    print(startUsage);
    return;
  }
  const folder = resolve('.');
  const settings = readSettings(folder, process.env);
  const port = readWholeNumber('PORT', settings.PORT, { least: 0, most: 65_535, fallback: 7071 });
  const plan = planStart(options, folder, settings);
  const stops = createStops();
  stopOnSignal((graceMs) => stops.run(graceMs));
  try {
    await startEverything(plan, { folder, port, log: openLog(folder), print, stops });
  } finally {
    await stops.run(1_000);
  }
}

/** All of the host's lines go into `.data/host.log`, of this start only; errors are shown as well. */
function openLog(folder: string): Log {
  mkdirSync(join(folder, '.data'), { recursive: true });
  const file = openSync(join(folder, '.data', 'host.log'), 'w');
  const write = createLog({ isTTY: false, write: (text) => writeSync(file, text) }, 'information');
  return (entry) => {
    write(entry);
    if (entry.level !== 'error' && entry.level !== 'critical') return;
    print(`error: ${entry.function ?? entry.category}: ${entry.message.split('\n')[0]} (more in .data/host.log)`);
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().catch((error: Error) => {
  const known = error instanceof SimulatorConfigError ? new AuditorError('config-invalid', error.message) : error;
  process.stderr.write(`${explain(known)}\n`);
  process.exit(exitCodeOf(known));
});
