import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { type CheckMap, keysOf } from '../checks';
import type { CheckName, Declaration } from '../declaration';
import type { AuditJob, Storage } from '../ports';
import type { AuditOrder, Report } from '../report';
import { beginRun } from './begin-run';
import { createChargeLedger } from './charge-ledger';
import { holdLeases } from './hold-leases';
import { endUnrun } from './unrun-audit';

export interface PoisonSetting {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open' | 'budgets' | 'charges' | 'leases'>;
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly clock: Clock;
}

/**
 * Ends the audits of a job that failed each time that it was delivered: those that are not done yet become
 * inconclusive and interrupted, so that the history shows that somebody was to be audited and was not; attempts that
 * broke off are recorded too. One that another worker is running right now is that worker's. Answers what it recorded,
 * and what it could not because the customer is no longer configured.
 */
export async function recordPoisonedJob(
  job: AuditJob,
  setting: PoisonSetting,
): Promise<{ readonly reports: readonly Report[]; readonly faults: readonly AuditorError[] }> {
  const reports: Report[] = [];
  const faults: AuditorError[] = [];
  for (const order of job.audits) {
    try {
      reports.push(...(await recordInterrupted(order, setting)));
    } catch (error) {
      if (!(error instanceof AuditorError) || error.code !== 'not-found') throw error;
      await setting.storage.open.release(order.customerId, order.check, order.auditId);
      faults.push(error);
    }
  }
  return { reports, faults };
}

async function recordInterrupted(order: AuditOrder, setting: PoisonSetting): Promise<readonly Report[]> {
  const { storage, checks, declarationOf, clock } = setting;
  const declared = declarationOf(order.customerId, order.check);
  const check = checks[order.check];
  const keys = check === undefined ? [] : keysOf(check, declared);
  const held = await holdLeases(keys, { leases: storage.leases, clock, owner: order.auditId });
  if (held === null) return [];
  const ledger = createChargeLedger(storage.charges);
  const begun = await beginRun({ order, declared }, { storage, ledger, clock, held });
  if (begun === null) {
    await storage.open.release(order.customerId, order.check, order.auditId);
    await held.release();
    return [];
  }
  const { pointer, broken, resumed } = begun;
  const stoppedBecause = 'its job failed each time that it was delivered, and was given up';
  const seen = resumed === null ? {} : { evidence: resumed.evidence };
  const report = await endUnrun({ order, declared }, { pointer, judgement: null, stoppedBecause, ...seen }, setting);
  await held.release();
  return [...broken, report];
}
