import { setTimeout as sleep } from 'node:timers/promises';
import { QueueClient } from '@azure/storage-queue';
import type { App } from '../../src/app';
import type { AuditJob } from '../../src/audit/ports';
import { type ChaosPlace, openChaosApp } from './open-chaos-app';

/** A worker process that takes jobs from the queue until it is killed; a job that throws comes again. */
async function main(): Promise<void> {
  const place = JSON.parse(process.env.CHAOS_PLACE ?? '{}') as ChaosPlace;
  const { app } = await openChaosApp(place);
  const queue = new QueueClient(place.connectionString, place.names.queueName);
  process.stdout.write('ready\n');
  for (;;) {
    try {
      if (!(await workOne(app, queue))) await sleep(50);
    } catch (error) {
      // As the platform's host does: a queue that does not answer is asked again.
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      await sleep(500);
    }
  }
}

/** False where there was nothing to do. */
async function workOne(app: App, queue: QueueClient): Promise<boolean> {
  const { receivedMessageItems } = await queue.receiveMessages({ visibilityTimeout: 6 });
  const [message] = receivedMessageItems;
  if (message === undefined) return false;
  const job = JSON.parse(Buffer.from(message.messageText, 'base64').toString('utf8')) as AuditJob;
  await app.runJob(job, 600_000);
  await queue.deleteMessage(message.messageId, message.popReceipt);
  return true;
}

void main();
