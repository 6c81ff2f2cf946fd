import { app } from '@azure/functions';
import { hostApp } from '../app';

/* Every minute: queues what is due. A run that was missed needs no catching up: the next one plans the same. */
app.timer('dispatch', {
  schedule: '0 * * * * *',
  useMonitor: false,
  handler: async (_timer, context) => {
    const { claimed } = await (await hostApp()).planDue();
    for (const { customerId, check, auditId } of claimed) {
      context.debug(`queued ${check} of ${customerId} as ${auditId}`);
    }
    if (claimed.length > 0) context.info(`queued ${claimed.length} audits`);
  },
});
