import { storageAsker } from './storage-asker';
import type { StorageAccess } from './storage-connection';
import { answerOf } from './storage-error';
import { storageTries } from './storage-retries';

export interface OpenedQueue<Message> {
  /** Makes the queue where it is missing. */
  prepare(): Promise<void>;
  /** Sends a message that becomes visible after `delayMs`, and never expires. */
  send(message: Message, delayMs?: number): Promise<void>;
}

/** A message may wait at most seven days; a longer wait is looked at again then. */
const maxDelaySeconds = 7 * 24 * 3600;

/** One queue of JSON messages; the SDK is loaded at the first call. */
export function openQueue<Message>(access: StorageAccess, name: string): OpenedQueue<Message> {
  const ask = storageAsker({
    access,
    shown: `the queue ${name}`,
    role: 'Storage Queue Data Contributor',
    connect: () => connect(access, name),
  });

  return {
    async prepare() {
      await ask('make', (queue) =>
        queue.create().catch((error: unknown) => {
          if (answerOf(error).code !== 'QueueAlreadyExists') throw error;
        }),
      );
    },
    async send(message, delayMs = 0) {
      await ask('send a message to', (queue) =>
        queue.sendMessage(toMessageText(message), {
          messageTimeToLive: -1,
          visibilityTimeout: Math.min(maxDelaySeconds, Math.ceil(Math.max(0, delayMs) / 1000)),
        }),
      );
    },
  };
}

/** base64 is what queue triggers decode unless host.json says otherwise. */
function toMessageText(message: unknown): string {
  return Buffer.from(JSON.stringify(message)).toString('base64');
}

async function connect({ connection, credential }: StorageAccess, name: string) {
  const { QueueClient: Client } = await import('@azure/storage-queue');
  const options = { retryOptions: storageTries };
  switch (connection.kind) {
    case 'connection-string':
      return new Client(connection.connectionString, name, options);
    case 'identity':
      return new Client(`${connection.queueServiceUri}/${name}`, credential(), options);
    default:
      return connection satisfies never;
  }
}
