import { app } from '@azure/functions';
import { describeFault } from './describe-fault';
import { loadWork } from './load-work';

/* Every minute, between two dispatches: hands over what has changed and is not told yet. */
app.timer('alerts', {
  schedule: '30 * * * * *',
  useMonitor: false,
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    for (const { customerId, check, kind, auditId, webhooks, fault } of await (await hostApp()).tellChanges()) {
      const what = `alert ${kind}: ${check} of ${customerId} (${auditId})`;
      if (fault !== null) context.error(`${what} cannot be told: ${describeFault(fault)}`);
      else if (webhooks > 0) context.info(`${what} to ${webhooks} webhooks`);
    }
  },
});
