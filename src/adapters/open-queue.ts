import { type StorageAccess, shownTo } from './storage-connection';
import { answerOf, toStorageError } from './storage-error';
import { storageRetries } from './storage-retries';

export interface OpenedQueue<Message> {
  /** Makes the queue where it is missing. */
  prepare(): Promise<void>;
  /** Sends a message that becomes visible after `delayMs`, and never expires. */
  send(message: Message, delayMs?: number): Promise<void>;
}

type QueueClient = Awaited<ReturnType<typeof connect>>;

/** A message may wait at most seven days; a longer wait is looked at again then. */
const maxDelaySeconds = 7 * 24 * 3600;

/** One queue of JSON messages; the SDK is loaded at the first call. */
export function openQueue<Message>(access: StorageAccess, name: string): OpenedQueue<Message> {
  let connected: Promise<QueueClient> | undefined;

  async function ask(doing: string, call: (queue: QueueClient) => Promise<unknown>): Promise<void> {
    connected ??= connect(access, name);
    const queue = await connected;
    try {
      await call(queue);
    } catch (error) {
      throw toStorageError(error, `${doing} the queue ${name}`, {
        url: queue.url.split('?')[0] ?? '',
        settingName: access.connection.settingName,
        role: access.connection.kind === 'identity' ? 'Storage Queue Data Contributor' : null,
        identity: shownTo(access),
      });
    }
  }

  return {
    prepare: () =>
      ask('make', (queue) =>
        queue.create().catch((error: unknown) => {
          if (answerOf(error).code !== 'QueueAlreadyExists') throw error;
        }),
      ),
    send: (message, delayMs = 0) =>
      ask('send a message to', (queue) =>
        queue.sendMessage(toMessageText(message), {
          messageTimeToLive: -1,
          visibilityTimeout: Math.min(maxDelaySeconds, Math.ceil(Math.max(0, delayMs) / 1000)),
        }),
      ),
  };
}

/** base64 is what queue triggers decode unless host.json says otherwise. */
function toMessageText(message: unknown): string {
  return Buffer.from(JSON.stringify(message)).toString('base64');
}

async function connect({ connection, credential }: StorageAccess, name: string) {
  const { QueueClient: Client } = await import('@azure/storage-queue');
  const options = {
    retryOptions: {
      maxTries: storageRetries.maxRetries + 1,
      retryDelayInMs: storageRetries.retryDelayInMs,
      maxRetryDelayInMs: storageRetries.maxRetryDelayInMs,
    },
  };
  switch (connection.kind) {
    case 'connection-string':
      return new Client(connection.connectionString, name, options);
    case 'identity':
      return new Client(`${connection.queueServiceUri}/${name}`, credential(), options);
    default:
      return connection satisfies never;
  }
}
