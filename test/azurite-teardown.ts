import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';

/** Jest's globalTeardown: ends the Azurite that azurite-setup.ts started, and removes its log. */
export = async function endAzurite(): Promise<void> {
  const { azuriteOfThisRun } = globalThis as { azuriteOfThisRun?: { child: ChildProcess; folder: string } };
  if (azuriteOfThisRun === undefined) return;
  const { child, folder } = azuriteOfThisRun;
  if (child.exitCode === null && child.signalCode === null) {
    child.ref();
    child.removeAllListeners('exit');
    const ended = once(child, 'exit');
    // Nothing in memory is worth an orderly end, which can hang on open connections.
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
};
