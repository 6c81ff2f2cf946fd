import { app } from '@azure/functions';
import { jobQueueOf } from '../app/job-queue-of';
import type { AuditJob } from '../audit/ports';
import { describeFault } from './describe-fault';
import { loadWork } from './load-work';

const { queueName, connection } = jobQueueOf(process.env);

/* A job that failed each time it was delivered ends in the history; what is no job ends in the log. */
app.storageQueue('audit-poison', {
  queueName: `${queueName}-poison`,
  connection,
  handler: async (message, context) => {
    const { hostApp, readJob } = await loadWork();
    let job: AuditJob;
    try {
      job = readJob(message);
    } catch (error) {
      const { id, insertionTime } = context.triggerMetadata ?? {};
      context.error(`message ${String(id)} of ${String(insertionTime)} is given up: ${describeFault(error)}`);
      return;
    }
    const { reports, faults } = await (await hostApp()).recordPoisoned(job);
    for (const { customerId, check, auditId } of reports) {
      context.error(`given up: ${check} of ${customerId} (${auditId}); its job failed each time it was delivered`);
    }
    for (const fault of faults) context.error(describeFault(fault));
  },
});
