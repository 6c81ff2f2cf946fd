import { app } from '@azure/functions';
import { alertQueueOf } from '../app/alert-queue-of';
import { loadWork } from './load-work';

/* One message: one event to one webhook, which is named by its setting: its address may be a secret. */
app.storageQueue('alert-worker', {
  ...alertQueueOf(process.env),
  handler: async (message, context) => {
    const { hostApp, readAlert } = await loadWork();
    const alert = readAlert(message);
    const told = await (await hostApp()).deliverAlert(alert);
    const what = `alert ${alert.event.id} to ${alert.webhook}`;
    switch (told.outcome) {
      case 'told':
        return context.info(`${what}: told`);
      case 'told-before':
        return context.debug(`${what}: told before`);
      case 'put-back':
        return context.warn(`${what}: ${told.because}; again in ${Math.round(told.delayMs / 1000)} s`);
      case 'given-up':
        return context.error(`${what}: given up, ${told.because}`);
      default:
        return told satisfies never;
    }
  },
});
