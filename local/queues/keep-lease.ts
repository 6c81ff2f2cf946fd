import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue';
import type { HostClock } from '../host-clock';
import type { Log } from '../log';

export interface KeptLease {
  /** Ends the renewing and answers the pop receipt that is valid now. */
  end(): Promise<string>;
}

/** Renews a message's lease at half its time, as long as the function runs. */
export function keepLease(
  message: DequeuedMessageItem,
  parts: { readonly queue: QueueClient; readonly leaseMs: number; readonly clock: HostClock; readonly log: Log },
): KeptLease {
  const { queue, leaseMs, clock, log } = parts;
  const ended = new AbortController();

  const renew = async (): Promise<string> => {
    let popReceipt = message.popReceipt;
    while (true) {
      await clock.sleepUntil(clock.nowMs() + leaseMs / 2, ended.signal);
      if (ended.signal.aborted) return popReceipt;
      try {
        const visibleAfter = Math.ceil(leaseMs / 1000);
        const renewed = await queue.updateMessage(message.messageId, popReceipt, undefined, visibleAfter);
        popReceipt = renewed.popReceipt ?? popReceipt;
      } catch (error) {
        const text = `The lease of message ${message.messageId} was not renewed: ${(error as Error).message}`;
        log({ level: 'warning', category: 'Host.Queues', message: text });
      }
    }
  };
  const renewing = renew();
  return {
    end: () => {
      ended.abort();
      return renewing;
    },
  };
}
