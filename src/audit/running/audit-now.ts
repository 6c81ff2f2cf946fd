import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { type CheckMap, keysOf } from '../checks';
import type { CheckName, Declaration } from '../declaration';
import { type AuditRequest, claimAudits } from '../planning/queue-audits';
import type { CounterCharges, Storage } from '../ports';
import type { AuditOrder, Report, Trigger } from '../report';
import { createChargeLedger } from './charge-ledger';
import type { RunProgress } from './drive-check';
import { holdLeasesWhenFree } from './hold-leases';
import type { OpenGateway } from './open-gateway';
import { runAudits } from './run-audits';
import { type RecordedAudit, type RecordedRun, type RecordedRunPorts, runRecordedAudit } from './run-recorded-audit';
import { runUnrecordedAudit } from './run-unrecorded-audit';

/** No audit of this process takes longer; a meter that settles after half an hour is waited for. */
const longestAuditMs = 2 * 3_600_000;

/** How a running audit is getting on. */
export interface AuditProgress extends RunProgress {
  readonly customerId: string;
  readonly check: CheckName;
}

export interface AuditNowOptions {
  readonly trigger: Trigger;
  /** How many audits run at once. */
  readonly parallel: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: AuditProgress) => void;
  readonly onReport?: (report: Report) => void;
}

export interface AuditNowPorts {
  readonly clock: Clock;
  readonly openGateway: OpenGateway;
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly newId: () => string;
  readonly serviceTokensPerDay?: number | undefined;
  /** Where reports are kept, or, for audits that are not kept, where only their last charges are. */
  readonly keep: { readonly storage: Storage } | { readonly charges: CounterCharges };
}

/**
 * Runs audits in this process and answers their reports in the order in which they finished. Throws `conflict`, before
 * any traffic, where one of them is queued or running elsewhere; and, after all that was under way has ended, the
 * first trouble of ours (whoever wants the reports of the others listens to `onReport`).
 */
export async function auditNow(
  requests: readonly AuditRequest[],
  options: AuditNowOptions,
  ports: AuditNowPorts,
): Promise<readonly Report[]> {
  return 'storage' in ports.keep
    ? auditAndKeep(requests, options, { ...ports, storage: ports.keep.storage })
    : auditAndForget(requests, options, { ...ports, charges: ports.keep.charges });
}

async function auditAndKeep(
  requests: readonly AuditRequest[],
  options: AuditNowOptions,
  ports: AuditNowPorts & { readonly storage: Storage },
): Promise<readonly Report[]> {
  const { storage, clock, newId } = ports;
  const { trigger } = options;
  const { claimed, refused } = await claimAudits(requests, { storage, trigger, nowMs: clock.nowMs(), newId });
  const begun = new Set<string>();
  try {
    if (refused.length > 0) throw alreadyOpen(refused);
    const ledger = createChargeLedger(storage.charges);
    return await runAll(claimed, { options, ports }, (run) => {
      return runWhenFree(run, { ...ports, ledger, onBegin: ({ auditId }) => begun.add(auditId) });
    });
  } finally {
    for (const { customerId, check, auditId } of claimed.filter((order) => !begun.has(order.auditId))) {
      await storage.open.release(customerId, check, auditId);
    }
  }
}

/** Workers of the same storage may be auditing on that counter or gateway: their turn comes first. Null: aborted before. */
async function runWhenFree(
  run: RecordedRun & { readonly pausesAtMs?: never },
  ports: AuditNowPorts &
    Pick<RecordedRunPorts, 'ledger'> & { readonly storage: Storage; readonly onBegin: (order: AuditOrder) => void },
): Promise<RecordedAudit | null> {
  const { storage, clock } = ports;
  const held = await holdLeasesWhenFree(keysOf(run.check, run.declared), {
    leases: storage.leases,
    clock,
    owner: run.order.auditId,
    ...(run.signal && { signal: run.signal }),
  });
  if (held === null) return null;
  ports.onBegin(run.order);
  const recorded = await runRecordedAudit(run, { ...ports, held });
  await held.release();
  return recorded;
}

async function auditAndForget(
  requests: readonly AuditRequest[],
  options: AuditNowOptions,
  ports: AuditNowPorts & { readonly charges: CounterCharges },
): Promise<readonly Report[]> {
  const { trigger } = options;
  const orders = requests.map(({ customerId, gatewayId, check, scheduledMs }) => ({
    auditId: ports.newId(),
    customerId,
    gatewayId,
    check,
    trigger,
    scheduledAt: new Date(scheduledMs).toISOString(),
  }));
  const ledger = createChargeLedger(ports.charges);
  const spent = new Map<string, number>();
  return runAll(orders, { options, ports }, (run) => runUnrecordedAudit(run, { ...ports, ledger, spent }));
}

async function runAll(
  orders: readonly AuditOrder[],
  { options, ports }: { readonly options: AuditNowOptions; readonly ports: AuditNowPorts },
  runOne: (
    run: RecordedRun & { readonly pausesAtMs?: never },
  ) => Promise<Pick<RecordedAudit, 'report' | 'fault'> | null>,
): Promise<readonly Report[]> {
  const { parallel, signal, onProgress, onReport } = options;
  const { checks, declarationOf, clock } = ports;
  const stopping = { ...(signal && { signal }) };
  const { reports, faults } = await runAudits(orders, {
    checks,
    declarationOf,
    parallel,
    ...stopping,
    runOne: async (order, known) => {
      const outcome = await runOne({
        order,
        ...known,
        ...stopping,
        endsAtMs: clock.nowMs() + longestAuditMs,
        onProgress: (progress) => onProgress?.({ customerId: order.customerId, check: order.check, ...progress }),
      });
      if (outcome !== null) onReport?.(outcome.report);
      return outcome;
    },
  });
  if (faults[0] !== undefined) throw faults[0];
  return reports;
}

function alreadyOpen(refused: readonly { readonly customerId: string; readonly check: CheckName }[]): AuditorError {
  const which = refused.map(({ customerId, check }) => `${check} of ${customerId}`).join(', ');
  return new AuditorError(
    'conflict',
    `Cannot audit now: ${which} is queued or running already. Wait for it, or audit without keeping the reports.`,
  );
}
