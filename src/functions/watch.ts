import { app } from '@azure/functions';
import { loadWork } from './load-work';

/* Records and says what was due and has not run: a service that fails silently is what this one is there to find. */
app.timer('watch', {
  schedule: '0 7,22,37,52 * * * *',
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    const service = await hostApp();
    for (const { customerId, check, auditId, stoppedBecause } of await service.watchDue()) {
      context.error(`missed: ${check} of ${customerId} (${auditId}): ${stoppedBecause}`);
    }
    await service.purgeAlerts();
  },
});
