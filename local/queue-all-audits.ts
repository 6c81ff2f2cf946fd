import { checks } from '../src/audit/checks';
import { type CheckName, checkNames } from '../src/audit/declaration';
import type { Trigger } from '../src/audit/report';
import { AuditorError } from '../src/auditor-error';
import type { Config } from '../src/config';
import type { AuditId } from './watch-verdicts';

interface Wanted {
  readonly customerId: string;
  readonly check: CheckName;
}

/** What queueing asks of the app. `refused` are those that were queued or running already. */
export interface QueueingApp {
  readonly config: Config;
  queueAudits(
    wanted: readonly Wanted[],
    trigger: Trigger,
  ): Promise<{ readonly claimed: readonly AuditId[]; readonly refused: readonly AuditId[] }>;
}

export interface QueuedAudits {
  readonly audits: readonly AuditId[];
  /** Why some could not be queued; sentences. */
  readonly leftOut: readonly string[];
}

/** Queues every check of every customer, one message a customer; what today's budget does not pay for is left out. */
export async function queueAllAudits(app: QueueingApp): Promise<QueuedAudits> {
  const audits: AuditId[] = [];
  const leftOut: string[] = [];
  for (const { id: customerId, checks: own } of app.config.customers) {
    let wanted = checkNames.filter((check) => check in checks && own.includes(check));
    while (wanted.length > 0) {
      try {
        const { claimed, refused } = await app.queueAudits(
          wanted.map((check) => ({ customerId, check })),
          'timer',
        );
        audits.push(...claimed, ...refused);
        break;
      } catch (error) {
        if (!(error instanceof AuditorError) || error.code !== 'budget-spent') throw error;
        // The dearest check comes last; the others may still be paid for.
        wanted = wanted.slice(0, -1);
        leftOut.push(error.message);
      }
    }
  }
  return { audits, leftOut: [...new Set(leftOut)] };
}
