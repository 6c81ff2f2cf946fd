import { alertQueueName } from '../adapters/storage/alert-queue-name';
import { storageNameOf } from '../adapters/storage/storage-connection';
import type { Settings } from '../config';

/** Where the queue triggers find alerts: the names of the queue and of the storage account's setting. */
export function alertQueueOf(settings: Settings): { readonly queueName: string; readonly connection: string } {
  return { queueName: alertQueueName, connection: storageNameOf(settings) };
}
