import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { FunctionDefinition, QueueTrigger } from '../function-definition';
import type { HostClock } from '../host-clock';
import type { QueuesOptions } from '../host-json';
import type { Log } from '../log';
import { createPollingDelay } from './polling-delay';
import type { ProcessMessage } from './process-message';
import { isNotFound } from './queue-client';

export interface ListenParts {
  readonly queue: QueueClient;
  readonly options: QueuesOptions;
  readonly minimumPollingMs: number;
  readonly leaseMs: number;
  readonly processMessage: ProcessMessage;
  readonly clock: HostClock;
  readonly log: Log;
}

/**
 * Polls a queue until the signal is aborted, and resolves when the messages under way are done. Takes `batchSize` at a
 * time, and more as soon as no more than `newBatchThreshold` are still running. The queue need not exist yet.
 */
export async function listenQueue(
  definition: FunctionDefinition<QueueTrigger>,
  parts: ListenParts,
  signal: AbortSignal,
): Promise<void> {
  const { options, clock } = parts;
  const delay = createPollingDelay(parts.minimumPollingMs, options.maxPollingIntervalMs);
  const running = new Set<Promise<void>>();

  while (!signal.aborted) {
    const messages = await receive(definition, parts);
    for (const message of messages) {
      const run: Promise<void> = parts.processMessage(message).finally(() => running.delete(run));
      running.add(run);
    }
    if (messages.length > 0) delay.reset();
    else await clock.sleepUntil(clock.nowMs() + delay.afterNothing(), signal);
    while (running.size > options.newBatchThreshold && !signal.aborted) await oneEnds(running, signal);
  }
  await Promise.all(running);
}

async function receive(
  { name }: FunctionDefinition,
  { queue, options, leaseMs, log }: ListenParts,
): Promise<readonly DequeuedMessageItem[]> {
  try {
    const lease = { visibilityTimeout: Math.ceil(leaseMs / 1000), numberOfMessages: options.batchSize };
    return (await queue.receiveMessages(lease)).receivedMessageItems;
  } catch (error) {
    if (isNotFound(error)) return [];
    const message = `Cannot read queue ${queue.name}: ${(error as Error).message}`;
    log({ level: 'warning', category: 'Host.Queues', function: name, message });
    return [];
  }
}

function oneEnds(running: ReadonlySet<Promise<void>>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    void Promise.race(running).then(resolve);
  });
}
