import { join, resolve } from 'node:path';
import { exitCodeOf, explain } from './exit-code';
import { readFunctionKey } from './function-key';
import { startHost } from './functions-host';
import { readHostJson } from './host-json';
import { createLog } from './log';
import { readSettings } from './settings';
import { stopOnSignal } from './stop-on-signal';
import { readWholeNumber } from './whole-number';

/** `npm run host`: the local functions host alone, on the app in the working directory. */
async function main(): Promise<void> {
  const folder = resolve('.');
  const settings = readSettings(folder, process.env);
  const { key, isNew } = readFunctionKey(settings.LOCAL_FUNCTION_KEY, join(folder, '.data', 'function-key'));
  const host = await startHost({
    folder,
    settings,
    port: readWholeNumber('PORT', settings.PORT, { least: 0, most: 65_535, fallback: 7071 }),
    functionKey: key,
    messageLeaseMs:
      readWholeNumber('LOCAL_MESSAGE_LEASE_SECONDS', settings.LOCAL_MESSAGE_LEASE_SECONDS, {
        least: 1,
        most: 604_800,
        fallback: 600,
      }) * 1000,
    log: createLog(process.stderr, readHostJson(folder).logLevel),
  });
  process.stdout.write(`Listening at ${host.baseUrl}\n`);
  if (isNew) process.stdout.write(`Function key (x-functions-key; kept in .data/function-key): ${key}\n`);
  stopOnSignal((graceMs) => host.stop(graceMs));
}

main().catch((error: Error) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
});
