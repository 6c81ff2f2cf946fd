import type { Report } from '../report';
import type { Finding, Verdict } from '../verdict';

/** A value that two audits do not share; null: that one has none. */
export interface ValueChange {
  /** Dotted, as in `tokensPerMinute.high`. */
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface FindingChange {
  readonly rule: string;
  readonly before: Pick<Finding, 'verdict' | 'expected' | 'observed'> | null;
  readonly after: Pick<Finding, 'verdict' | 'expected' | 'observed'> | null;
}

/** One of the two audits that are compared. */
export interface ComparedAudit {
  readonly auditId: string;
  readonly sequence: number;
  readonly finishedAt: string;
  readonly verdict: Verdict;
  readonly rulesVersion: number;
  /** It is a stored audit judged again: the one that it names. */
  readonly rejudgementOf?: string;
}

/** What changed from one audit (`before`) to another of the same check; what is the same is left out. */
export interface ReportDiff {
  readonly customerId: string;
  readonly check: Report['check'];
  readonly before: ComparedAudit;
  readonly after: ComparedAudit;
  readonly findings: readonly FindingChange[];
  readonly estimate: readonly ValueChange[];
  /** Milliseconds. */
  readonly latencyMs: readonly ValueChange[];
  /** By backend: its share of the probes that name one, 0 to 1, to three digits. */
  readonly spread: readonly ValueChange[];
  /** What had been promised: a verdict may change because the promise did. */
  readonly declared: readonly ValueChange[];
}

export function diffReports(before: Report, after: Report): ReportDiff {
  return {
    customerId: after.customerId,
    check: after.check,
    before: toCompared(before),
    after: toCompared(after),
    findings: diffFindings(before.findings, after.findings),
    estimate: diffValues(measured(before), measured(after)),
    latencyMs: diffValues(before.summary.latencyMs, after.summary.latencyMs),
    spread: diffValues(sharesOf(before), sharesOf(after)),
    declared: diffValues(before.declared, after.declared),
  };
}

function toCompared({ auditId, sequence, finishedAt, verdict, rulesVersion, rejudgementOf }: Report): ComparedAudit {
  const compared = { auditId, sequence, finishedAt, verdict, rulesVersion };
  return rejudgementOf === undefined ? compared : { ...compared, rejudgementOf };
}

function diffFindings(before: readonly Finding[], after: readonly Finding[]): readonly FindingChange[] {
  const [old, now] = [byRule(before), byRule(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((rule) => ({ rule, before: old.get(rule) ?? null, after: now.get(rule) ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

function byRule(findings: readonly Finding[]) {
  return new Map(findings.map(({ rule, verdict, expected, observed }) => [rule, { verdict, expected, observed }]));
}

/** Without the pictures of single moments, which never repeat. */
function measured({ estimate }: Report): object {
  const { timeline: _, ...values } = estimate;
  return values;
}

function sharesOf({ summary }: Report): Readonly<Record<string, number>> {
  const backends = Object.entries(summary.byBackend);
  const all = backends.reduce((sum, [, { probes }]) => sum + probes, 0);
  return Object.fromEntries(
    backends.map(([backend, { probes }]) => [backend, Math.round((1000 * probes) / all) / 1000]),
  );
}

function diffValues(before: object | null, after: object | null): readonly ValueChange[] {
  const [old, now] = [new Map(leavesOf(before ?? {}, '')), new Map(leavesOf(after ?? {}, ''))];
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((name) => ({ name, before: old.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after));
}

/** Lists count as one value: what stands at a place of a list means nothing by itself. */
function leavesOf(value: object, path: string): readonly (readonly [string, unknown])[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return typeof member === 'object' && member !== null && !Array.isArray(member)
      ? leavesOf(member, own)
      : [[own, member] as const];
  });
}
