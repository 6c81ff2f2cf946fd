import { app } from '@azure/functions';
import { jobMayTakeMs } from './job-time';
import { loadWork } from './load-work';

/* Whole days are purged; what one run has no time for, the next one takes up. */
app.timer('purge', {
  schedule: '0 41 */6 * * *',
  handler: async (_timer, context) => {
    const { hostApp } = await loadWork();
    for (const purged of (await (await hostApp()).purgeHistories(jobMayTakeMs)) ?? []) {
      const { customerId, refused, removed } = purged;
      if (refused !== undefined) {
        context.error(`purged nothing of ${customerId}, whose history is not what was once saved: ${refused}`);
      } else if (removed > 0) {
        context.info(
          `purged ${removed} audits of ${customerId}${purged.isDone ? '' : '; more is left for the next time'}`,
        );
      }
    }
  },
});
