import { app } from '@azure/functions';
import { loadWork } from './load-work';

/* Says what was due and has not run: a service that fails silently is what this one is there to find. */
app.timer('watch', {
  schedule: '0 7,22,37,52 * * * *',
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    for (const { customerId, check, dueMs } of await (await hostApp()).watchDue()) {
      context.error(
        `missed: ${check} of ${customerId} was due at ${new Date(dueMs).toISOString()} and has not run since`,
      );
    }
  },
});
