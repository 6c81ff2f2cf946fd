import type { AuditorError } from '../../auditor-error';
import type { Exchange } from '../../probe/exchange';
import { seedOf } from '../audit-id';
import type { Charge, Check, Judgement } from '../check';
import type { Declaration } from '../declaration';
import { draftReport } from '../draft-report';
import type { MeterReading } from '../meter-reading';
import type { StoredEvidence } from '../ports';
import type { AuditOrder, ReportDraft } from '../report';
import {
  driveCheck,
  type RunBounds,
  type RunEnd,
  type RunKeeper,
  type RunPorts,
  type RunProgress,
} from './drive-check';
import type { EarlierAudit } from './earlier-audits';
import { asFault } from './fault';
import { judgeAllowingLateness } from './judge-allowing-lateness';

/** One audit to be run now. */
export interface AuditRun {
  readonly order: AuditOrder;
  readonly check: Check;
  readonly declared: Declaration;
  readonly priorCharges: readonly Charge[];
  readonly ledgerSinceMs: number;
  readonly earlierCounts?: Readonly<Record<string, number>>;
  /** Of the checks that this one knows. */
  readonly earlierAudits?: readonly EarlierAudit[];
  readonly bounds: RunBounds;
  /** Where the audit goes on after a pause. */
  readonly resumed?: {
    readonly startedMs: number;
    readonly exchanges: readonly Exchange[];
    readonly meterReadings?: readonly MeterReading[];
  };
  readonly keeper?: RunKeeper;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

/** An audit that ended; `fault` is set where it ended by trouble of ours, and then it is inconclusive. */
export interface FinishedAudit {
  readonly state: 'done';
  readonly draft: ReportDraft;
  readonly evidence: StoredEvidence;
  readonly fault: AuditorError | null;
}

/** An audit that waits for longer than this run may last. What was seen is its whole state. */
export interface PausedAudit {
  readonly state: 'paused';
  readonly resumeAtMs: number;
  readonly startedMs: number;
  readonly exchanges: readonly Exchange[];
  /** Absent where no meter was read. */
  readonly meterReadings?: readonly MeterReading[];
}

/**
 * Runs one check for one customer and judges what it saw. Whatever goes wrong on the way, what was sent comes back as
 * evidence: an audit that was aborted, or broken by trouble of ours, is `interrupted` and judges nobody.
 */
export function runAudit(
  run: AuditRun & { readonly bounds: { readonly pausesAtMs?: never } },
  ports: RunPorts,
): Promise<FinishedAudit>;
export function runAudit(run: AuditRun, ports: RunPorts): Promise<FinishedAudit | PausedAudit>;
export async function runAudit(run: AuditRun, ports: RunPorts): Promise<FinishedAudit | PausedAudit> {
  const { order, check, declared, priorCharges, ledgerSinceMs, bounds, resumed, keeper, signal, onProgress } = run;
  const startedMs = resumed?.startedMs ?? ports.clock.nowMs();
  const counted = run.earlierCounts ? { earlierCounts: run.earlierCounts } : {};
  const { end, exchanges, meterReadings, apimReading } = await driveCheck(
    {
      auditId: order.auditId,
      check,
      declared,
      startedMs,
      seed: seedOf(order.auditId),
      earlier: resumed?.exchanges ?? [],
      earlierReadings: resumed?.meterReadings ?? [],
      priorCharges,
      ledgerSinceMs,
      ...counted,
      bounds,
      ...(keeper && { keeper }),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    },
    ports,
  );
  const metered = meterReadings.length > 0 ? { meterReadings } : {};
  if (end.why === 'paused') return { state: 'paused', resumeAtMs: end.resumeAtMs, startedMs, exchanges, ...metered };

  const { earlierAudits = [] } = run;
  const declaredThere = { ...(apimReading && { apimReading }), ...(earlierAudits.length > 0 && { earlierAudits }) };
  const evidence: StoredEvidence = { exchanges, priorCharges, ledgerSinceMs, ...metered, ...counted, ...declaredThere };
  const finishedMs = ports.clock.nowMs();
  const ending = judgeEnd(end, (stoppedBecause) =>
    judgeAllowingLateness(check, { declared, startedMs, finishedMs, stoppedBecause, ...evidence }),
  );
  const draft = draftReport({ order, declared, evidence, startedMs, finishedMs, ...ending });
  return { state: 'done', draft, evidence, fault: ending.fault };
}

interface Ending {
  readonly stoppedBecause: string;
  readonly judgement: Judgement | null;
  readonly fault: AuditorError | null;
}

function judgeEnd(end: Exclude<RunEnd, { why: 'paused' }>, judge: (stoppedBecause: string) => Judgement): Ending {
  switch (end.why) {
    case 'aborted':
      return { stoppedBecause: 'the audit was told to stop before it had finished', judgement: null, fault: null };
    case 'lease-lost':
      return {
        stoppedBecause: 'the audit no longer had its counter to itself, and was ended before it had finished',
        judgement: null,
        fault: null,
      };
    case 'broken':
      return endedBy(end.fault);
    case 'stopped':
      try {
        return { stoppedBecause: end.because, judgement: judge(end.because), fault: null };
      } catch (error) {
        return endedBy(asFault(error, 'judge the evidence of an audit'));
      }
    default:
      return end satisfies never;
  }
}

/** The text of a fault stays in the log: a report is read by customers. */
function endedBy(fault: AuditorError): Ending {
  return { stoppedBecause: `trouble of the auditor itself (${fault.code}) ended the audit`, judgement: null, fault };
}
