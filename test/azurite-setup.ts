import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Jest's globalSetup: starts Azurite on free ports and does not wait for it. */
export = async function startAzurite(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-audit-azurite-'));
  const logFile = join(folder, 'azurite.log');
  const log = openSync(logFile, 'a');
  const child = spawn(
    process.execPath,
    [
      // Azurite outlives a jest that was killed, unless it watches the channel to it.
      ...['--require', join(__dirname, 'azurite-leaves-with-jest.js')],
      require.resolve('azurite/dist/src/azurite.js'),
      ...['--inMemoryPersistence', '--silent', '--skipApiVersionCheck', '--disableTelemetry'],
      ...['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'],
    ],
    { cwd: folder, stdio: ['ignore', log, log, 'ipc'] },
  );
  child.once('exit', (code, signal) => appendFileSync(logFile, `Azurite ended (${code ?? signal})\n`));
  child.once('error', (error) => appendFileSync(logFile, `Azurite ended (${error.message})\n`));
  child.unref();
  child.channel?.unref();
  process.env.AZURITE_LOG = logFile;
  Object.assign(globalThis, { azuriteOfThisRun: { child, folder } });
};
