import type { Tracer } from '../audit/tracer';
import type { Running } from './running';
import { queueFacts } from './traced';

/** What is set off, as the outermost spans: planning, and each job that goes on with the trace of its message. */
export function tracedRunning(running: Running, tracer: Tracer): Running {
  // Many customers are planned at once; each job is a trace of its own.
  const plan = { name: 'plan', kind: 'internal', facts: {}, eachStartsTrace: true } as const;
  return {
    ...running,
    planDue: () =>
      tracer.inSpan(plan, async (add) => {
        const planned = await running.planDue();
        add({ 'audit.queued': planned.claimed.length });
        return planned;
      }),
    queueAudits: (wanted, trigger) => tracer.inSpan(plan, () => running.queueAudits(wanted, trigger)),
    audit: (wanted, options) =>
      tracer.inSpan({ name: 'run audits', kind: 'internal', facts: {} }, () => running.audit(wanted, options)),
    runJob: (job, mayTakeMs) => {
      const facts = { ...queueFacts('process'), 'audit.customer': job.customerId };
      const span = { name: 'process audit-jobs', kind: 'consumer', facts, parent: job.traceparent } as const;
      return tracer.inSpan(span, () => running.runJob(job, mayTakeMs));
    },
  };
}
