/** The queue of audit jobs, which the worker's trigger reads too. */
export const jobQueueName = 'audit-jobs';
