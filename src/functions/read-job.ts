import { z } from 'zod';
import { checkNames } from '../audit/declaration';
import type { AuditJob } from '../audit/ports';
import { AuditorError } from '../auditor-error';

const jobSchema = z.object({
  customerId: z.string(),
  // What is no trace is none; the job is what counts.
  traceparent: z.string().optional().catch(undefined),
  audits: z.array(
    z.object({
      auditId: z.guid(),
      customerId: z.string(),
      gatewayId: z.string(),
      check: z.enum(checkNames),
      trigger: z.enum(['timer', 'http', 'cli']),
      scheduledAt: z.iso.datetime(),
    }),
  ),
});

/** A message of the queue as a job. Throws `message-unusable`, without repeating what is in it. */
export function readJob(message: unknown): AuditJob {
  const job = jobSchema.safeParse(message);
  if (job.success) return withTrace(job.data);
  const problems = job.error.issues.map(({ path, message: text }) => `${path.join('.') || 'message'}: ${text}`);
  throw new AuditorError('message-unusable', 'Cannot read a message of the queue of audit jobs.', { problems });
}

function withTrace({ traceparent, ...job }: z.infer<typeof jobSchema>): AuditJob {
  return traceparent === undefined ? job : { ...job, traceparent };
}
