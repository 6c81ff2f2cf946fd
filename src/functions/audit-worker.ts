import { app } from '@azure/functions';
import { jobQueueOf } from '../app/job-queue-of';
import { describeFault } from './describe-fault';
import { jobMayTakeMs } from './job-time';
import { loadWork } from './load-work';

/* One message: one customer and its due checks. That it returns deletes the message; that it throws brings it back. */
app.storageQueue('audit-worker', {
  ...jobQueueOf(process.env),
  handler: async (message, context) => {
    const { hostApp, readJob } = await loadWork();
    const { reports, putBack, faults } = await (await hostApp()).runJob(readJob(message), jobMayTakeMs);
    for (const { customerId, check, verdict, auditId } of reports) {
      context.info(`audited ${customerId}: ${check} ${verdict} (${auditId})`);
    }
    for (const { customerId, check } of putBack) context.info(`put back ${check} of ${customerId}`);
    for (const fault of faults) context.error(describeFault(fault));
  },
});
