import { app } from '@azure/functions';
import { alertQueueOf } from '../app/alert-queue-of';
import { describeFault } from './describe-fault';
import { loadWork } from './load-work';

const { queueName, connection } = alertQueueOf(process.env);

/* An alert that could not even be tried, each time it was delivered, ends in the log: somebody was not told. */
app.storageQueue('alert-poison', {
  queueName: `${queueName}-poison`,
  connection,
  handler: async (message, context) => {
    const { readAlert } = await loadWork();
    try {
      const { event, webhook } = readAlert(message);
      context.error(`alert ${event.id} to ${webhook}: given up, it failed each time it was delivered`);
    } catch (error) {
      const { id, insertionTime } = context.triggerMetadata ?? {};
      context.error(`alert message ${String(id)} of ${String(insertionTime)} is given up: ${describeFault(error)}`);
    }
  },
});
