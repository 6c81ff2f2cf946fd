import { app } from '@azure/functions';
import { loadWork } from './load-work';

/* Every minute, between two dispatches: hands over what has changed and is not told yet. */
app.timer('alerts', {
  schedule: '30 * * * * *',
  useMonitor: false,
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    for (const { customerId, check, kind, auditId, webhooks } of await (await hostApp()).tellChanges()) {
      if (webhooks > 0) context.info(`alert ${kind}: ${check} of ${customerId} (${auditId}) to ${webhooks} webhooks`);
    }
  },
});
