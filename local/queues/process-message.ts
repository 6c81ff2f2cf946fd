import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { FunctionDefinition, QueueTrigger } from '../function-definition';
import type { HostClock } from '../host-clock';
import type { QueuesOptions } from '../host-json';
import type { Invoke } from '../invoke';
import type { Log } from '../log';
import { keepLease } from './keep-lease';
import { toQueueInput } from './message-input';
import { decodeMessage } from './message-text';
import { isNotFound, sendMessage } from './queue-client';

/** Runs the function on one message and settles the message. Never rejects. */
export type ProcessMessage = (message: DequeuedMessageItem) => Promise<void>;

export interface ProcessParts {
  readonly queue: QueueClient;
  /** Null for a queue that is a poison queue itself. */
  readonly poisonQueue: QueueClient | null;
  readonly options: QueuesOptions;
  readonly leaseMs: number;
  readonly invoke: Invoke;
  readonly clock: HostClock;
  readonly log: Log;
  /** The host is stopping: a message that fails now is nobody's fault and is given back at once. */
  readonly stopping: AbortSignal;
}

/**
 * The platform's way with a message: renewed while the function runs, deleted on success, made visible after
 * `visibilityTimeout` on failure, and at `maxDequeueCount` copied to `<queue>-poison` instead. A message that does not
 * decode, or that came too often (its host died under it), is poisoned without a run.
 */
export function createProcessMessage(
  definition: FunctionDefinition<QueueTrigger>,
  parts: ProcessParts,
): ProcessMessage {
  const { queue, poisonQueue, options, log } = parts;
  const facts = { category: 'Host.Queues', function: definition.name };

  const poison = async (message: DequeuedMessageItem, popReceipt: string): Promise<void> => {
    if (poisonQueue) {
      await sendMessage(poisonQueue, message.messageText);
      log({ level: 'warning', ...facts, message: `Message ${message.messageId} was moved to ${poisonQueue.name}.` });
    }
    await queue.deleteMessage(message.messageId, popReceipt);
  };
  const giveBack = async (message: DequeuedMessageItem, popReceipt: string): Promise<void> => {
    const afterSeconds = parts.stopping.aborted ? 0 : Math.ceil(options.visibilityTimeoutMs / 1000);
    await queue.updateMessage(message.messageId, popReceipt, undefined, afterSeconds);
  };
  const run = async (message: DequeuedMessageItem): Promise<void> => {
    const text = decodeMessage(message.messageText, options.messageEncoding);
    if (text === null) {
      const why = 'is not base64; check messageEncoding in host.json and the sender';
      log({ level: 'warning', ...facts, message: `Message ${message.messageId} ${why}.` });
      return await poison(message, message.popReceipt);
    }
    if (message.dequeueCount > options.maxDequeueCount) return await poison(message, message.popReceipt);

    const lease = keepLease(message, parts);
    const hasSucceeded = await parts.invoke(definition, toQueueInput(text, message)).then(
      () => true,
      () => false,
    );
    const popReceipt = await lease.end();
    if (hasSucceeded) await queue.deleteMessage(message.messageId, popReceipt);
    else if (message.dequeueCount >= options.maxDequeueCount && !parts.stopping.aborted)
      await poison(message, popReceipt);
    else await giveBack(message, popReceipt);
  };

  return async (message) => {
    try {
      await run(message);
    } catch (error) {
      const why = isNotFound(error) ? 'its lease was lost' : (error as Error).message;
      log({ level: 'warning', ...facts, message: `Message ${message.messageId} could not be settled: ${why}.` });
    }
  };
}
