import { app } from '@azure/functions';
import { describeFault } from './describe-fault';
import { loadWork } from './load-work';

/* Every minute: queues what is due. A run that was missed needs no catching up: the next one plans the same. */
app.timer('dispatch', {
  schedule: '0 * * * * *',
  useMonitor: false,
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    const app = await hostApp();
    if (app.configTrouble !== null) context.error(describeFault(app.configTrouble));
    const { claimed } = await app.planDue();
    for (const { customerId, check, auditId } of claimed) {
      context.debug(`queued ${check} of ${customerId} as ${auditId}`);
    }
    if (claimed.length > 0) context.info(`queued ${claimed.length} audits`);
  },
});
