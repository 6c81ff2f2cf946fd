import type { FunctionDefinition, QueueTrigger } from './function-definition';
import type { HostClock } from './host-clock';
import type { QueuesOptions } from './host-json';
import type { Invoke } from './invoke';
import type { Log } from './log';
import { listenQueue } from './queues/listen-queue';
import { createProcessMessage } from './queues/process-message';
import type { OpenQueue } from './queues/queue-client';

export interface QueuesParts {
  readonly openQueue: OpenQueue;
  readonly options: QueuesOptions;
  readonly minimumPollingMs: number;
  readonly leaseMs: number;
  readonly invoke: Invoke;
  readonly clock: HostClock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/**
 * Listens to every queue trigger's queue until aborted; `ended` resolves when the last message is settled. Throws
 * `setting-missing`, listening to nothing, where a connection is missing.
 */
export function startQueues(
  definitions: readonly FunctionDefinition<QueueTrigger>[],
  parts: QueuesParts,
): { readonly ended: Promise<unknown> } {
  const listeners = definitions.map((definition) => {
    const { queueName, connection } = definition.trigger;
    const queue = parts.openQueue(connection, queueName);
    const poisonQueue = queueName.endsWith('-poison') ? null : parts.openQueue(connection, `${queueName}-poison`);
    const processMessage = createProcessMessage(definition, { ...parts, queue, poisonQueue, stopping: parts.signal });
    return () => listenQueue(definition, { ...parts, queue, processMessage }, parts.signal);
  });
  return { ended: Promise.all(listeners.map((listen) => listen())) };
}
