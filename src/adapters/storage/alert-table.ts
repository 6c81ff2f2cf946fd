import type { AlertDelivery, AlertMessage, AlertStore } from '../../audit/alerts/alert-store';
import { changeRow } from './change-row';
import { encodeKey } from './lease-table';
import type { OpenedQueue } from './open-queue';
import { textIn, timeIn } from './row-values';
import type { RowKey, StorageTable } from './storage-table';

/**
 * The queue of alerts, and the table `alerts`: a partition a UTC day, a row an event and webhook, which says until when
 * a worker is at it, or that it was told. Both are made at their first use: most processes never tell anything.
 */
export function alertTable(table: StorageTable, queue: OpenedQueue<AlertMessage>): AlertStore {
  let prepared: Promise<unknown> | null = null;
  async function ready(): Promise<void> {
    prepared ??= Promise.all([table.prepare(), queue.prepare()]);
    try {
      await prepared;
    } catch (error) {
      prepared = null;
      throw error;
    }
  }

  async function write(
    delivery: AlertDelivery,
    row: { readonly state: string; readonly until: string },
  ): Promise<void> {
    await ready();
    await changeRow<void>(table, deliveryKey(delivery), () => ({ write: row, answer: undefined }));
  }

  return {
    async send(message, delayMs) {
      await ready();
      await queue.send(message, delayMs);
    },
    async take(delivery, { nowMs, untilMs }) {
      await ready();
      return changeRow<'taken' | 'told' | 'busy'>(table, deliveryKey(delivery), (current) => {
        if (current !== null && textIn(current, 'state') === 'told') return { answer: 'told' };
        const isTaken = current !== null && textIn(current, 'state') === 'taken' && timeIn(current, 'until') > nowMs;
        if (isTaken) return { answer: 'busy' };
        return { write: { state: 'taken', until: new Date(untilMs).toISOString() }, answer: 'taken' };
      });
    },
    release: (delivery) => write(delivery, { state: 'free', until: '' }),
    setTold: (delivery) => write(delivery, { state: 'told', until: '' }),
    async purgeBefore(day) {
      await ready();
      for (const { partitionKey, rowKey, etag } of await table.readAll((odata) => odata`PartitionKey lt ${day}`)) {
        await table.remove({ partitionKey, rowKey }, etag);
      }
    },
  };
}

/** A colon is in no encoded key. */
function deliveryKey({ day, eventId, webhook }: AlertDelivery): RowKey {
  return { partitionKey: day, rowKey: `${encodeKey(eventId)}:${encodeKey(webhook)}` };
}
