import { jobQueueName } from '../adapters/storage/job-queue-name';
import { storageNameOf } from '../adapters/storage/storage-connection';
import type { Settings } from '../config';

/** Where the queue triggers find their messages: the names of the queue and of the storage account's setting. */
export function jobQueueOf(settings: Settings): { readonly queueName: string; readonly connection: string } {
  return { queueName: jobQueueName, connection: storageNameOf(settings) };
}
