import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import type { Check } from '../check';
import { type CheckMap, inRunningOrder, keysOf } from '../checks';
import type { CheckName, Declaration } from '../declaration';
import type { AuditJob, History, Pointer, Storage } from '../ports';
import type { AuditOrder, Report } from '../report';
import { createChargeLedger } from './charge-ledger';
import { holdLeases } from './hold-leases';
import type { OpenGateway } from './open-gateway';
import { runRecordedAudit } from './run-recorded-audit';
import { withPatience } from './storage-patience';

/** How long a job that found its counter or gateway busy is put back for. */
const busyDelayMs = 20_000;

/** An audit is not begun with less time than this left: the longest of them, a token limit's, takes some four minutes. */
export const leastAuditMs = 300_000;

/** What is left of a job's time when its audit pauses: the last probes are awaited, and what was seen is kept. */
const leastSavingMs = 60_000;

/** A message that comes early is put back; one that is a moment early is not. */
const earlyMs = 1000;

export interface JobSetting {
  readonly openGateway: OpenGateway;
  readonly clock: Clock;
  readonly storage: Storage;
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  /** When whoever runs the job will have stopped it; epoch ms. */
  readonly endsAtMs: number;
  /** Tokens a day of the whole service; absent: no limit. */
  readonly serviceTokensPerDay?: number | undefined;
}

export interface JobOutcome {
  /** Those of attempts that broke off among them. */
  readonly reports: readonly Report[];
  /** Audits that went back into the queue: something was busy, the time was up, or they wait for a later moment. */
  readonly putBack: readonly AuditOrder[];
  /** Trouble of ours with single audits, for the log; the reports say no more than that there was some. */
  readonly faults: readonly AuditorError[];
}

/**
 * Runs a job: one customer's audits one after the other, those that use up its limit last, and after all others those
 * whose attempts broke off, since they may be what made their workers crash. Throws where storage fails, so that the
 * message comes again; audits that are done by then are not run again.
 */
export async function runJob(job: AuditJob, setting: JobSetting): Promise<JobOutcome> {
  const { storage, clock, endsAtMs } = setting;
  const { customerId } = job;
  const ledger = createChargeLedger(storage.charges);
  const pausesAtMs = endsAtMs - Math.min(leastSavingMs, (endsAtMs - clock.nowMs()) / 4);
  const reports: Report[] = [];
  const faults: AuditorError[] = [];
  const putBack: AuditOrder[] = [];
  const audits = await brokenLast(inRunningOrder(job.audits, setting.checks), storage.history);

  for (const [index, { order, pointer }] of audits.entries()) {
    const known = await knownAudit(order, setting);
    if (known instanceof AuditorError) {
      faults.push(known);
      continue;
    }
    const waitMs = (pointer?.resumesAtMs ?? 0) - clock.nowMs();
    if (waitMs > earlyMs) {
      await putBackFor([order], waitMs);
      continue;
    }
    const rest = audits.slice(index).map((audit) => audit.order);
    if (index > 0 && endsAtMs - clock.nowMs() < leastAuditMs) {
      await putBackFor(rest, 0);
      break;
    }
    const keys = keysOf(known.check, known.declared);
    const held = await holdLeases(keys, { leases: storage.leases, clock, owner: order.auditId });
    if (held === null) {
      await putBackFor(rest, busyDelayMs);
      break;
    }
    const run = { order, ...known, endsAtMs, pausesAtMs };
    const recorded = await runRecordedAudit(run, { ...setting, ledger, held });
    await held.release();
    reports.push(...recorded.broken);
    if (recorded.state === 'paused') await putBackFor([order], recorded.resumeAtMs - clock.nowMs());
    else reports.push(recorded.report);
    if (recorded.state === 'done' && recorded.fault !== null) faults.push(recorded.fault);
  }
  return { reports, putBack, faults };

  async function putBackFor(orders: readonly AuditOrder[], delayMs: number): Promise<void> {
    const patience = { clock, untilMs: endsAtMs };
    await withPatience(() => storage.jobs.send({ customerId, audits: orders }, Math.max(0, delayMs)), patience);
    putBack.push(...orders);
  }
}

interface JobAudit {
  readonly order: AuditOrder;
  readonly pointer: Pointer | null;
}

async function brokenLast(
  orders: readonly AuditOrder[],
  history: Pick<History, 'readPointer'>,
): Promise<readonly JobAudit[]> {
  const audits = await Promise.all(
    orders.map(async (order) => ({ order, pointer: await history.readPointer(order.customerId, order.auditId) })),
  );
  return audits.toSorted((a, b) => brokenOf(a) - brokenOf(b));
}

function brokenOf({ pointer }: JobAudit): number {
  const isBrokenNow = pointer?.state === 'running' && pointer.resumesAtMs === undefined;
  return (pointer?.brokenAttempts ?? 0) + (isBrokenNow ? 1 : 0);
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
