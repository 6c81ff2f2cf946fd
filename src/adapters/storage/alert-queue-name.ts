/** The queue of alerts to be sent, which their worker's trigger reads too. */
export const alertQueueName = 'audit-alerts';
