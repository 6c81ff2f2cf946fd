import host from '../../host.json';
import { leastAuditMs } from '../../src/audit/running/run-job';
import { jobMayTakeMs } from '../../src/functions/job-time';

const minuteMs = 60_000;

test('a job has time for an audit, and a minute to save what it saw before the host ends it', () => {
  const [hours, minutes, seconds] = host.functionTimeout.split(':').map(Number);
  const timeoutMs = (((hours ?? 0) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1000;
  expect(jobMayTakeMs).toBeGreaterThan(leastAuditMs);
  expect(timeoutMs - jobMayTakeMs).toBeGreaterThanOrEqual(minuteMs);
});

test('jobs are read in the encoding in which they are sent', () => {
  expect(host.extensions.queues.messageEncoding).toBe('base64');
});
