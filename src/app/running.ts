import { planAudits } from '../audit/planning/plan-audits';
import { type AuditRequest, queueAudits, type Reservation } from '../audit/planning/queue-audits';
import { resendLost } from '../audit/planning/resend-lost';
import { noteExpected, recordAllMissed } from '../audit/planning/watch-audits';
import type { AuditJob } from '../audit/ports';
import type { Report, Trigger } from '../audit/report';
import { type AuditNowOptions, auditNow } from '../audit/running/audit-now';
import { canAfford, secondsToNextDay, utcDayOf } from '../audit/running/day-budget';
import { recordPoisonedJob } from '../audit/running/record-poisoned-job';
import { type JobOutcome, runJob } from '../audit/running/run-job';
import { budgetLimitsOf } from '../audit/running/run-recorded-audit';
import { leftOf } from '../audit/running/token-reserve';
import { AuditorError } from '../auditor-error';
import type { Assembly, WantedAudit } from './assemble';

export interface AuditOptions extends AuditNowOptions {
  /** Whether the reports go into the history; else they have sequence 0 and only their charges are remembered. */
  readonly store: boolean;
}

/** What sets audits off and runs them. */
export interface Running {
  /** Runs audits in this process, customers side by side. */
  audit(wanted: readonly WantedAudit[], options: AuditOptions): Promise<readonly Report[]>;
  /** Queues audits that somebody asks for. Throws `budget-spent` where today's budget does not pay for one. */
  queueAudits(wanted: readonly WantedAudit[], trigger: Trigger): Promise<Reservation>;
  /** Queues what is due by its schedule; before that closes a gap, the gap is recorded. */
  planDue(): Promise<Reservation>;
  /** Records what was due and has not run, and notes what is expected from now on. */
  watchDue(): Promise<readonly Report[]>;
  /** Runs a message of the queue; `mayTakeMs` is how long the caller lets it run. */
  runJob(job: AuditJob, mayTakeMs: number): Promise<JobOutcome>;
  recordPoisoned(job: AuditJob): ReturnType<typeof recordPoisonedJob>;
}

/** A day's budget can be looked up for so long. */
const budgetsKeptMs = 60 * 86_400_000;

/** What the triggers and the command line set off. */
export function running(assembly: Assembly): Running {
  const { checks, clock, openGateway, declarationOf, newId, serviceTokensPerDay } = assembly;
  const service = { serviceTokensPerDay };

  async function queue(requests: readonly AuditRequest[], trigger: Trigger): Promise<Reservation> {
    const storage = await assembly.storage();
    return queueAudits(requests, { storage, checks, trigger, nowMs: clock.nowMs(), newId });
  }

  return {
    async audit(wanted, { store, ...auditOptions }) {
      const keep = store ? { storage: await assembly.storage() } : { charges: assembly.openCharges() };
      const ports = { clock, openGateway, checks, declarationOf, newId, keep, ...service };
      return auditNow(wanted.map(assembly.toRequest), auditOptions, ports);
    },

    async queueAudits(wanted, trigger) {
      const requests = wanted.map(assembly.toRequest);
      const { budgets } = await assembly.storage();
      const day = utcDayOf(clock.nowMs());
      for (const { customerId, check } of wanted) {
        if (checks[check] === undefined) throw new AuditorError('bad-request', `check: ${check} is not yet in use.`);
        const declared = declarationOf(customerId, check);
        const leftTokens = leftOf(await budgets.read({ day, customerId }), budgetLimitsOf(declared, service));
        if (!canAfford(check, declared, leftTokens))
          throw budgetSpent({ customerId, check }, leftTokens, clock.nowMs());
      }
      return queue(requests, trigger);
    },

    async planDue() {
      const now = await assembly.situation();
      await resendLost(now.open, { storage: await assembly.storage(), checks, declarationOf, nowMs: now.nowMs });
      const due = planAudits(now).flatMap(({ audits }) => audits);
      const queued = await queue(
        due.map((audit) => ({ ...assembly.toRequest(audit), scheduledMs: audit.dueMs })),
        'timer',
      );
      await recordAllMissed(now, { storage: await assembly.storage(), clock, declarationOf });
      return queued;
    },

    async watchDue() {
      const storage = await assembly.storage();
      await storage.budgets.purgeBefore(utcDayOf(clock.nowMs() - budgetsKeptMs));
      const now = await assembly.situation();
      const missed = await recordAllMissed(now, { storage, clock, declarationOf });
      await noteExpected(now, storage.limits);
      return missed;
    },

    async runJob(job, mayTakeMs) {
      const endsAtMs = clock.nowMs() + mayTakeMs;
      const storage = await assembly.storage();
      return runJob(job, { storage, clock, openGateway, checks, declarationOf, endsAtMs, ...service });
    },

    recordPoisoned: async (job) =>
      recordPoisonedJob(job, { storage: await assembly.storage(), checks, declarationOf, clock }),
  };
}

function budgetSpent({ customerId, check }: WantedAudit, leftTokens: number, nowMs: number): AuditorError {
  return new AuditorError(
    'budget-spent',
    `Customer ${customerId}'s audits may spend ${leftTokens} more tokens today, which does not pay for ${check}. Wait for the next UTC day, or raise its maxTokensPerDay.`,
    { retryAfterSeconds: secondsToNextDay(nowMs) },
  );
}
