import { AuditorError } from '../auditor-error';
import type { Clock } from '../probe/clock';
import type { Exchange } from '../probe/exchange';
import type { ChargeLedger } from './charge-ledger';
import { chargesOn } from './charges';
import type { Check } from './check';
import { leftToday } from './day-budget';
import type { Declaration } from './declaration';
import type { RunProgress } from './drive-check';
import { withReport } from './limit-status';
import { type OpenGateway, withGateway } from './open-gateway';
import type { Storage } from './ports';
import type { AuditOrder, Report } from './report';
import { runAudit } from './run-audit';

/** No check asks for as many; whatever goes wrong with one, a gateway gets no more. */
export const maxProbesOfAudit = 10_000;

/** One audit whose pointer and claim are in storage, to be run now. */
export interface RecordedRun {
  readonly order: AuditOrder;
  readonly check: Check;
  readonly declared: Declaration;
  readonly endsAtMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface RecordedRunPorts {
  readonly openGateway: OpenGateway;
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open'>;
  readonly ledger: ChargeLedger;
}

export interface RecordedAudit {
  readonly report: Report;
  /** Trouble of ours that ended it. */
  readonly fault: AuditorError | null;
}

/**
 * Runs an audit and keeps it: attempt, claim, the run itself, charges, one transaction for report and evidence, then
 * the rows that follow from it. One that is done already (its message came again) only gets those rows once more.
 */
export async function runRecordedAudit(run: RecordedRun, ports: RecordedRunPorts): Promise<RecordedAudit> {
  const { order, declared, endsAtMs } = run;
  const { storage, ledger, clock } = ports;
  const { customerId, auditId } = order;
  const pointer = await storage.history.beginAttempt(customerId, auditId, clock.nowMs());
  if (pointer === null) return { report: await keepDone(order, storage), fault: null };
  await storage.open.setRunning(customerId, order.check, auditId, clock.nowMs());

  const known = await ledger.before(declared.customer.counter);
  // What an attempt that broke off had charged is not known: the ledger is complete from now on only.
  const ledgerSinceMs = pointer.attempt > 1 ? clock.nowMs() : known.ledgerSinceMs;
  const status = await storage.limits.read(customerId);
  const bounds = { tokens: leftToday(declared, status, clock.nowMs()), probes: maxProbesOfAudit, endsAtMs };
  const ready = { ...run, priorCharges: known.priorCharges, ledgerSinceMs, bounds };
  const { draft, evidence, fault } = await withGateway(
    ports.openGateway,
    declared,
    (sendProbe, { callSdk, readMeter }) => runAudit(ready, { sendProbe, callSdk, readMeter, clock }),
  );
  await ledger.add(declared.customer.counter, chargesOn(customerId, customerId, evidence.exchanges));
  const fence = { attempt: pointer.attempt, nowMs: clock.nowMs() };
  const report = await storage.history.commit(draft, evidence, fence);
  await keepTrailingRows({ report, exchanges: evidence.exchanges }, storage);
  return { report, fault };
}

/** The rows that follow from a stored report; written again they change nothing. */
export async function keepTrailingRows(
  kept: { readonly report: Report; readonly exchanges: readonly Exchange[] },
  { limits, open }: Pick<Storage, 'limits' | 'open'>,
): Promise<void> {
  const { customerId, check, auditId } = kept.report;
  await limits.update(customerId, (current) => withReport(current, kept));
  await open.release(customerId, check, auditId);
}

async function keepDone({ customerId, auditId }: AuditOrder, storage: RecordedRunPorts['storage']): Promise<Report> {
  const stored = await storage.history.readReport(customerId, auditId);
  if (stored === null) {
    throw new AuditorError(
      'storage-corrupt',
      `Audit ${auditId} of customer ${customerId} is done, but its report is not there.`,
    );
  }
  await keepTrailingRows({ report: stored.report, exchanges: stored.evidence.exchanges }, storage);
  return stored.report;
}
