import type { Judgement } from './check';
import type { Declaration } from './declaration';
import type { StoredEvidence } from './ports';
import { evidenceHashOf } from './proof/evidence-hash';
import { type AuditOrder, type ReportDraft, rulesVersion } from './report';
import { summarise } from './summarise';
import { worstVerdict } from './verdict';

/** All that a report is made from. `judgement` is null where the audit did not come to its end. */
export interface AuditEnd {
  readonly order: AuditOrder;
  readonly declared: Declaration;
  readonly evidence: StoredEvidence;
  readonly startedMs: number;
  readonly finishedMs: number;
  readonly stoppedBecause: string;
  readonly judgement: Judgement | null;
}

/** The report of an audit that ended; one without a judgement is interrupted, has no findings and so is inconclusive. */
export function draftReport(end: AuditEnd): ReportDraft {
  const findings = end.judgement?.findings ?? [];
  return {
    ...end.order,
    startedAt: new Date(end.startedMs).toISOString(),
    finishedAt: new Date(end.finishedMs).toISOString(),
    state: 'done',
    verdict: worstVerdict(findings),
    findings,
    estimate: end.judgement?.estimate ?? {},
    summary: summarise(end.evidence.exchanges),
    stoppedBecause: end.stoppedBecause,
    declared: end.declared,
    rulesVersion,
    evidenceHash: evidenceHashOf(end.evidence),
    ...(end.judgement === null && { interrupted: true as const }),
  };
}
