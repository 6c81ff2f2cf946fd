import type { Clock } from '../../probe/clock';
import type { Judgement } from '../check';
import type { Declaration } from '../declaration';
import { draftReport } from '../draft-report';
import type { Pointer, Storage, StoredEvidence } from '../ports';
import type { AuditOrder, Report } from '../report';
import { keepTrailingRows } from './keep-trailing-rows';

/** An audit that ends without having been run, or gone on with. */
export interface UnrunAudit {
  readonly order: AuditOrder;
  readonly declared: Declaration;
}

export interface UnrunPorts {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'open'>;
  readonly clock: Clock;
}

/** What today's budget does not pay for is inconclusive, and says so: nobody looked at that promise. */
export function refuseForBudget(
  { leftTokens, ...audit }: UnrunAudit & { readonly leftTokens: number },
  pointer: Pointer,
  ports: UnrunPorts,
): Promise<Report> {
  const judgement = { findings: [], estimate: {} };
  const stoppedBecause = `nothing was sent: of today's budget ${leftTokens} tokens are left, which do not pay for it`;
  return endUnrun(audit, { pointer, judgement, stoppedBecause }, ports);
}

/** What broke off again and again is given up; each attempt is recorded by itself. */
export function giveUp(audit: UnrunAudit, pointer: Pointer, ports: UnrunPorts): Promise<Report> {
  const stoppedBecause = `${pointer.brokenAttempts} attempts at it broke off, and it was given up`;
  return endUnrun(audit, { pointer, judgement: null, stoppedBecause }, ports);
}

export async function endUnrun(
  { order, declared }: UnrunAudit,
  end: {
    readonly pointer: Pointer;
    readonly judgement: Judgement | null;
    readonly stoppedBecause: string;
    /** What it had seen before a pause. */
    readonly evidence?: StoredEvidence;
  },
  { storage, clock }: UnrunPorts,
): Promise<Report> {
  const { pointer, judgement, stoppedBecause } = end;
  const nowMs = clock.nowMs();
  const evidence = end.evidence ?? { exchanges: [], priorCharges: [], ledgerSinceMs: nowMs };
  const draft = draftReport({
    order,
    declared,
    evidence,
    startedMs: nowMs,
    finishedMs: nowMs,
    stoppedBecause,
    judgement,
  });
  const report = await storage.history.commit(draft, evidence, { attempt: pointer.attempt, nowMs });
  await keepTrailingRows({ report, exchanges: evidence.exchanges }, storage);
  await storage.history.dropCheckpoint(order);
  return report;
}
