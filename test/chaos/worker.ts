import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import type { AuditJob } from '../../src/audit/ports';
import { type ChaosPlace, openChaosApp } from './open-chaos-app';

/** A worker process that takes jobs from the queue until it is killed; a job that throws comes again. */
async function main(): Promise<void> {
  const place = JSON.parse(process.env.CHAOS_PLACE ?? '{}') as ChaosPlace;
  const { app } = await openChaosApp(place);
  const queue = new QueueClient(place.connectionString, place.names.queueName);
  process.stdout.write('ready\n');
  for (;;) {
    const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 6 });
    const [message] = receivedMessageItems;
    if (message === undefined) {
      await sleep(50);
      continue;
    }
    const job = JSON.parse(Buffer.from(message.messageText, 'base64').toString('utf8')) as AuditJob;
    try {
      await app.runJob(job, 600_000);
      await queue.deleteMessage(message.messageId, message.popReceipt);
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
}

void main();
