import type { CheckMap } from '../checks';
import type { CheckName } from '../declaration';
import type { StoredEvidence } from '../ports';
import { type Estimate, type Report, rulesVersion } from '../report';
import { judgeAllowingLateness } from '../running/judge-allowing-lateness';
import { type Finding, type Verdict, worstVerdict } from '../verdict';

/** A rule whose verdict is another today; null: no finding. */
export interface VerdictChange {
  readonly rule: string;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
}

/** A stored audit judged again by today's rules, against what was declared then. The stored one stays as it is. */
export interface Rejudgement {
  readonly rejudgementOf: string;
  readonly customerId: string;
  readonly check: CheckName;
  readonly finishedAt: string;
  readonly rulesVersion: { readonly before: number; readonly after: number };
  readonly before: Verdict;
  readonly after: Verdict;
  readonly changes: readonly VerdictChange[];
  readonly findings: readonly Finding[];
  readonly estimate: Estimate;
  /** Why it could not be judged again; null: it was. */
  readonly undecidedBecause: string | null;
}

/**
 * Judges stored evidence again. What was cut off to fit storage, or broke off before its end, decides nothing: then
 * every rule that had a finding is inconclusive. Of a record that is itself a rejudgement, the audit that it names is
 * judged once more.
 */
export function rejudge(report: Report, evidence: StoredEvidence, checks: CheckMap): Rejudgement {
  const judged = judgeAgain(report, evidence, checks);
  return {
    rejudgementOf: report.rejudgementOf ?? report.auditId,
    customerId: report.customerId,
    check: report.check,
    finishedAt: report.finishedAt,
    rulesVersion: { before: report.rulesVersion, after: rulesVersion },
    before: report.verdict,
    after: worstVerdict(judged.findings),
    changes: changesOf(report.findings, judged.findings),
    ...judged,
  };
}

function judgeAgain(
  report: Report,
  evidence: StoredEvidence,
  checks: CheckMap,
): Pick<Rejudgement, 'findings' | 'estimate' | 'undecidedBecause'> {
  const check = checks[report.check];
  const trouble = undecidable(report, check !== undefined);
  if (check === undefined || trouble !== null) return undecided(report, trouble);
  try {
    const { findings, estimate } = judgeAllowingLateness(check, {
      ...evidence,
      declared: report.declared,
      startedMs: Date.parse(report.startedAt),
      finishedMs: Date.parse(report.finishedAt),
      stoppedBecause: report.stoppedBecause,
    });
    return { findings, estimate, undecidedBecause: null };
  } catch (error) {
    // Evidence of an earlier version may lack what today's rules look at; the audits beside it are judged all the same.
    const message = error instanceof Error ? error.message : String(error);
    return undecided(report, `today's rules cannot read its evidence (${message})`);
  }
}

function undecided({ findings }: Report, undecidedBecause: string | null) {
  const because = `It can't be judged again: ${undecidedBecause}.`;
  const open = findings.map((finding) => ({ ...finding, verdict: 'inconclusive' as const, because }));
  return { findings: open, estimate: {}, undecidedBecause };
}

function undecidable(report: Report, isKnown: boolean): string | null {
  if (!isKnown) return `there is no check ${report.check} any more`;
  if (report.evidenceTruncated) return 'its evidence was too large to be stored whole';
  if (report.missed) return 'it did not run';
  if (report.interrupted) return 'it broke off before its end';
  return null;
}

function changesOf(before: readonly Finding[], after: readonly Finding[]): readonly VerdictChange[] {
  const [old, now] = [byRule(before), byRule(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((rule) => ({ rule, before: old.get(rule) ?? null, after: now.get(rule) ?? null }))
    .filter((change) => change.before !== change.after);
}

function byRule(findings: readonly Finding[]): ReadonlyMap<string, Verdict> {
  return new Map(findings.map(({ rule, verdict }) => [rule, verdict]));
}
