import { type ZooEntry, zooCustomerId, zooEntries } from '../simulator/zoo';
import { checks } from '../src/audit/checks';
import type { CheckName } from '../src/audit/declaration';
import type { Report } from '../src/audit/report';
import { auditSimulated, failedRules } from './audit-simulated';

/** What came of one gateway of the zoo. Rules as `check/rule`. */
export interface ExamRow {
  readonly name: string;
  readonly truth: string;
  readonly mustFail: readonly string[];
  readonly failed: readonly string[];
  /** Must fail, and passed. */
  readonly falsePasses: readonly string[];
  /** Failed, and must not. */
  readonly falseFails: readonly string[];
  /** Must fail, and was found inconclusive or not at all. */
  readonly missed: readonly string[];
  /** Tokens of the customer that its audits used ÷ its limit of one minute. */
  readonly limitsSpent: number;
  /** Of the gateway's time, from the first audit's start to the last one's end. */
  readonly seconds: number;
}

export interface Exam {
  readonly rows: readonly ExamRow[];
  readonly falsePasses: number;
  readonly falseFails: number;
  readonly missed: number;
}

/** Audits every gateway of the zoo, each over HTTP on a clock of its own: minutes of the gateways pass in moments. */
export async function runExam(
  entries: readonly ZooEntry[] = zooEntries(),
  onRow: (row: ExamRow) => void = () => {},
): Promise<Exam> {
  const rows: ExamRow[] = [];
  for (const entry of entries) {
    const row = toRow(entry, await auditEntry(entry));
    rows.push(row);
    onRow(row);
  }
  const count = (of: (row: ExamRow) => readonly string[]) => rows.reduce((sum, row) => sum + of(row).length, 0);
  return {
    rows,
    falsePasses: count((row) => row.falsePasses),
    falseFails: count((row) => row.falseFails),
    missed: count((row) => row.missed),
  };
}

/** Judges one entry's reports against its truth. */
export function toRow({ name, truth, mustFail, tokensPerMinute }: ZooEntry, reports: readonly Report[]): ExamRow {
  const failed = failedRules(reports);
  const passed = reports.flatMap(({ check, findings }) =>
    findings.filter(({ verdict }) => verdict === 'pass').map(({ rule }) => `${check}/${rule}`),
  );
  const unfound = mustFail.filter((rule) => !failed.includes(rule));
  const startedMs = Math.min(...reports.map(({ startedAt }) => Date.parse(startedAt)));
  const finishedMs = Math.max(...reports.map(({ finishedAt }) => Date.parse(finishedAt)));
  const tokens = reports.reduce((sum, { summary }) => sum + summary.tokens.total, 0);
  return {
    name,
    truth,
    mustFail,
    failed,
    falsePasses: unfound.filter((rule) => passed.includes(rule)),
    falseFails: failed.filter((rule) => !mustFail.includes(rule)),
    missed: unfound.filter((rule) => !passed.includes(rule)),
    limitsSpent: Math.round((100 * tokens) / tokensPerMinute) / 100,
    seconds: Math.round((finishedMs - startedMs) / 1000),
  };
}

function auditEntry(entry: ZooEntry): Promise<readonly Report[]> {
  const asked = checksOf(entry.mustFail);
  return auditSimulated(
    [
      {
        id: zooCustomerId,
        tokensPerMinute: entry.tokensPerMinute,
        limiter: entry.limiter,
        simulated: entry.simulatedCustomer,
        customer: entry.declaredCustomer,
        gateway: entry.declaredGateway,
        isMetered: entry.isMetered,
        ...(asked.length > 0 && { checks: asked }),
      },
    ],
    entry.simulated,
  );
}

/** The checks whose rules must find it; none: all that are configured for the customer. */
function checksOf(rules: readonly string[]): readonly CheckName[] {
  const names = new Set(rules.map((rule) => rule.split('/')[0]));
  return Object.values(checks)
    .map(({ name }) => name)
    .filter((name) => names.has(name));
}
