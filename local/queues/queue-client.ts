import { type QueueClient, QueueServiceClient, RestError } from '@azure/storage-queue';
import { findConnection } from '../storage-connection';

/** Opens a queue by the name of its connection. */
export type OpenQueue = (connection: string, queueName: string) => QueueClient;

export function createOpenQueue(settings: Readonly<Record<string, string>>): OpenQueue {
  return (connectionName, queueName) => {
    const connection = findConnection(connectionName, 'queue', settings);
    const service =
      'connectionString' in connection
        ? QueueServiceClient.fromConnectionString(connection.connectionString)
        : new QueueServiceClient(connection.serviceUri, connection.credential);
    return service.getQueueClient(queueName);
  };
}

/** The queue does not exist, or the message is no longer there or no longer ours. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404;
}

/** Sends a message that never expires, making the queue where it is missing. */
export async function sendMessage(queue: QueueClient, text: string): Promise<void> {
  try {
    await queue.sendMessage(text, { messageTimeToLive: -1 });
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await queue.createIfNotExists();
    await queue.sendMessage(text, { messageTimeToLive: -1 });
  }
}
