import { AuditorError } from '../auditor-error';
import type { Clock } from '../probe/clock';
import { createChargeLedger } from './charge-ledger';
import type { Check } from './check';
import { type CheckMap, inRunningOrder, keysOf } from './checks';
import type { CheckName, Declaration } from './declaration';
import type { Exclusive } from './exclusive';
import type { OpenGateway } from './open-gateway';
import type { AuditJob, Storage } from './ports';
import type { AuditOrder, Report } from './report';
import { runRecordedAudit } from './run-recorded-audit';

/** How long a job that found its counter or gateway busy is put back for. */
export const busyDelayMs = 20_000;

/** An audit is not begun with less time than this left: the longest of them, a token limit's, takes some four minutes. */
export const leastAuditMs = 300_000;

export interface JobSetting {
  readonly openGateway: OpenGateway;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly exclusive: Exclusive;
  /** When whoever runs the job will have stopped it; epoch ms. */
  readonly endsAtMs: number;
}

export interface JobOutcome {
  readonly reports: readonly Report[];
  /** Audits that went back into the queue: something was busy, or the time was up. */
  readonly putBack: readonly AuditOrder[];
  /** Trouble of ours with single audits, for the log; the reports say no more than that there was some. */
  readonly faults: readonly AuditorError[];
}

/**
 * Runs a job: one customer's audits one after the other, those that use up its limit last. Throws where storage fails,
 * so that the message comes again; audits that are done by then are not run again.
 */
export async function runJob(job: AuditJob, setting: JobSetting): Promise<JobOutcome> {
  const { storage, clock, exclusive, endsAtMs } = setting;
  const ledger = createChargeLedger(storage.charges);
  const reports: Report[] = [];
  const faults: AuditorError[] = [];
  const audits = inRunningOrder(job.audits, setting.checks);

  for (const [index, order] of audits.entries()) {
    const known = await knownAudit(order, setting);
    if (known instanceof AuditorError) {
      faults.push(known);
      continue;
    }
    const keys = keysOf(known.check, known.declared);
    const isBusy = exclusive.isBusy(keys);
    if (isBusy || (index > 0 && endsAtMs - clock.nowMs() < leastAuditMs)) {
      const putBack = audits.slice(index);
      await storage.jobs.send({ customerId: job.customerId, audits: putBack }, isBusy ? busyDelayMs : 0);
      return { reports, putBack, faults };
    }
    const run = { order, ...known, endsAtMs };
    const { report, fault } = await exclusive.whenFree(keys, () => runRecordedAudit(run, { ...setting, ledger }));
    reports.push(report);
    if (fault !== null) faults.push(fault);
  }
  return { reports, putBack: [], faults };
}

/** What an order needs to be run; where the configuration has changed since it was queued, it is given up. */
async function knownAudit(
  { customerId, check: name, auditId }: AuditOrder,
  { checks, declarationOf, storage }: JobSetting,
): Promise<{ readonly check: Check; readonly declared: Declaration } | AuditorError> {
  try {
    const check = checks[name];
    if (check === undefined) throw new AuditorError('not-found', `There is no check ${name}.`);
    return { check, declared: declarationOf(customerId, name) };
  } catch (cause) {
    if (!(cause instanceof AuditorError) || cause.code !== 'not-found') throw cause;
    await storage.open.release(customerId, name, auditId);
    return new AuditorError('not-found', `Audit ${auditId} of customer ${customerId} was not run: ${cause.message}`, {
      cause,
    });
  }
}
