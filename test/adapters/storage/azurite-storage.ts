import { openStorage } from '../../../src/adapters/storage/open-storage';
import type { Storage } from '../../../src/audit/ports';
import { azuriteConnectionString, uniquePrefix } from '../../azurite';

export interface AzuriteStorage {
  readonly storage: Storage;
  readonly connectionString: string;
  readonly tablePrefix: string;
  readonly queueName: string;
}

/** Storage of this test file's own, made and empty. `connectionString`: where it is not reached straight (a proxy). */
export async function azuriteStorage(connectionString?: string): Promise<AzuriteStorage> {
  const names = { tablePrefix: uniquePrefix(), queueName: `${uniquePrefix()}-jobs` };
  const address = connectionString ?? (await azuriteConnectionString());
  const storage = storageAt(address, names);
  await storage.prepare();
  return { storage, connectionString: address, ...names };
}

export function storageAt(connectionString: string, names: { tablePrefix: string; queueName: string }): Storage {
  const alertQueueName = alertQueueBeside(names);
  return openStorage(
    { kind: 'connection-string', settingName: 'AUDIT_STORAGE', connectionString },
    { ...names, alertQueueName },
  );
}

/** The queue of alerts that belongs to a queue of jobs. */
export function alertQueueBeside({ queueName }: { queueName: string }): string {
  return `${queueName}-alerts`;
}
