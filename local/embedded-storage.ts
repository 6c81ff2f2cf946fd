import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditorError } from '../src/auditor-error';
import { type Azurite, developmentPorts, startAzurite } from './azurite';
import { isListening, isPortFree } from './port-use';

export interface EmbeddedStorage extends Azurite {
  /** Whether other programs reach it with `UseDevelopmentStorage=true`. */
  readonly isOnDevelopmentPorts: boolean;
}

/**
 * Azurite with its data under `.data/azurite`, on the development storage's ports where they are free, else on any.
 * Two on one folder would spoil each other's data: throws `bad-usage` where one of an earlier start still runs.
 */
export async function startEmbeddedStorage(dataFolder: string): Promise<EmbeddedStorage> {
  const folder = join(dataFolder, 'azurite');
  const marker = join(dataFolder, 'azurite-port');
  const earlier = readMarker(marker);
  if (earlier !== null && (await isListening(earlier))) {
    const how = `stop it, or, if port ${earlier} is another program's, remove ${marker}`;
    throw new AuditorError('bad-usage', `The storage under ${folder} is in use by another npm start: ${how}.`);
  }
  const free = await Promise.all(Object.values(developmentPorts).map(isPortFree));
  const isOnDevelopmentPorts = !free.includes(false);
  const azurite = await startAzurite(folder, isOnDevelopmentPorts ? developmentPorts : { blob: 0, queue: 0, table: 0 });
  writeFileSync(marker, /TableEndpoint=http:\/\/[^:]+:(\d+)/.exec(azurite.connectionString)?.[1] ?? '');
  const stop = async (): Promise<void> => {
    await azurite.stop();
    rmSync(marker, { force: true });
  };
  return { ...azurite, isOnDevelopmentPorts, stop };
}

function readMarker(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
