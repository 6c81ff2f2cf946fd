import { type ZooEntry, zooCustomerId, zooEntries, zooNeighbourId } from '../simulator/zoo';
import { systemClock } from '../src/adapters/system-clock';
import type { Report } from '../src/audit/report';
import type { Verdict } from '../src/audit/verdict';
import { auditSimulated, rulesWith } from './audit-simulated';

/** What came of one gateway of the zoo. Rules as `check/rule`. */
export interface ExamRow {
  readonly name: string;
  readonly truth: string;
  readonly mustFail: readonly string[];
  readonly mayFail: readonly string[];
  readonly failed: readonly string[];
  /** Must fail, and passed. */
  readonly falsePasses: readonly string[];
  /** Failed, and may not. */
  readonly falseFails: readonly string[];
  /** Must fail, and was found inconclusive or not at all. */
  readonly missed: readonly string[];
  /** How many rules were judged so. */
  readonly findings: Readonly<Record<Verdict, number>>;
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
  /** What the exam took, for real. */
  readonly wallSeconds: number;
}

/** Audits every gateway of the zoo, each over HTTP on a clock of its own: minutes of the gateways pass in moments. */
export async function runExam(
  entries: readonly ZooEntry[] = zooEntries(),
  onRow: (row: ExamRow) => void = () => {},
): Promise<Exam> {
  const rows: ExamRow[] = [];
  const startedMs = systemClock.nowMs();
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
    wallSeconds: Math.round((systemClock.nowMs() - startedMs) / 1000),
  };
}

/** Judges one entry's reports against its truth. */
export function toRow(
  { name, truth, mustFail, mayFail, tokensPerMinute }: ZooEntry,
  reports: readonly Report[],
): ExamRow {
  const failed = rulesWith('fail', reports);
  const passed = rulesWith('pass', reports);
  const open = rulesWith('inconclusive', reports);
  const unfound = mustFail.filter((rule) => !failed.includes(rule));
  const startedMs = Math.min(...reports.map(({ startedAt }) => Date.parse(startedAt)));
  const finishedMs = Math.max(...reports.map(({ finishedAt }) => Date.parse(finishedAt)));
  const tokens = reports.reduce((sum, { summary }) => sum + summary.tokens.total, 0);
  return {
    name,
    truth,
    mustFail,
    mayFail,
    failed,
    falsePasses: unfound.filter((rule) => passed.includes(rule)),
    falseFails: failed.filter((rule) => ![...mustFail, ...mayFail].includes(rule)),
    missed: unfound.filter((rule) => !passed.includes(rule)),
    findings: { pass: passed.length, fail: failed.length, inconclusive: open.length },
    limitsSpent: Math.round((100 * tokens) / tokensPerMinute) / 100,
    seconds: Math.round((finishedMs - startedMs) / 1000),
  };
}

/** Every check that can run: the customer's key is nobody else's, its calls are metered, and somebody is beside it. */
export function auditEntry(entry: ZooEntry): Promise<readonly Report[]> {
  const { tokensPerMinute, limiter, simulatedCustomer, declaredCustomer, declaredGateway, simulated } = entry;
  const both = { tokensPerMinute, limiter };
  const { checkSettings, ...customer } = { checkSettings: {}, ...declaredCustomer };
  const isolation = { with: [zooNeighbourId] };
  return auditSimulated(
    [
      {
        ...both,
        id: zooCustomerId,
        simulated: simulatedCustomer,
        customer: { ...customer, checkSettings: { isolation, ...checkSettings } },
        gateway: declaredGateway,
        isMetered: true,
      },
      { ...both, id: zooNeighbourId, checks: [], customer: { gateway: `on-${zooCustomerId}` } },
    ],
    simulated,
  );
}
