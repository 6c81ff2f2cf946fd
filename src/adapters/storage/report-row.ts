import { sealedTextOf } from '../../audit/proof/hash-chain';
import type { Report } from '../../audit/report';
import { AuditorError } from '../../auditor-error';
import { reportKey } from './history-keys';
import { fromTextParts, parseJson, toTextParts } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

/** An entity holds 1 MiB, two bytes a character; the rest is for keys and for what is filtered by. */
const maxReportLength = 448_000;

/** The report as the text that its hash is made from; the hash, and what lists filter by, stand beside it. */
export function toReportRow(report: Report, committedMs: number): NewRow {
  const text = sealedTextOf(report);
  if (text.length > maxReportLength) {
    throw new AuditorError(
      'program-error',
      `Cannot save audit ${report.auditId} of customer ${report.customerId}: its report has ${text.length} characters, and a row holds ${maxReportLength}. This is a mistake of this program: please report it.`,
    );
  }
  return { ...reportColumns(report, committedMs), hash: report.hash, ...toTextParts('report', text) };
}

/** By which a report's row is found. */
export function reportColumns(report: Report, committedMs: number): NewRow {
  return {
    ...reportKey(report.customerId, { committedMs, sequence: report.sequence }),
    auditId: report.auditId,
    check: report.check,
    verdict: report.verdict,
    sequence: report.sequence,
    committedAt: new Date(committedMs).toISOString(),
  };
}

export function fromReportRow(row: StoredRow): Report {
  const report = inReadingOrder(parseJson<Report>(row, reportTextIn(row)));
  // An earlier version kept the hash in the text.
  return typeof row.hash === 'string' ? { ...report, hash: row.hash } : report;
}

/** The report as it is stored, without its hash. */
export function reportTextIn(row: StoredRow): string {
  return fromTextParts(row, 'report');
}

/** The order of the stored text is the alphabet's; this is the one in which they are written about. */
const namesOfReport: readonly string[] = [
  ...['auditId', 'customerId', 'gatewayId', 'check', 'trigger', 'scheduledAt', 'startedAt', 'finishedAt', 'state'],
  ...['verdict', 'findings', 'estimate', 'summary', 'stoppedBecause', 'declared', 'rulesVersion', 'evidenceHash'],
  ...['evidenceTruncated', 'interrupted', 'attemptOf', 'missed', 'rejudgementOf', 'rejudgedAt'],
  ...['sequence', 'previousHash'],
];
const namesOfFinding: readonly string[] = ['rule', 'verdict', 'expected', 'observed', 'because'];

function inReadingOrder(report: Report): Report {
  const ordered = inOrder(report, namesOfReport);
  // What was tampered with may be anything.
  if (!Array.isArray(ordered?.findings)) return ordered;
  return { ...ordered, findings: ordered.findings.map((finding) => inOrder(finding, namesOfFinding)) };
}

/** The same value with these names first, as far as it has them. */
function inOrder<Value>(value: Value, names: readonly string[]): Value {
  if (typeof value !== 'object' || value === null) return value;
  const ordered = names.filter((name) => Object.hasOwn(value, name)).map((name) => [name, value[name as keyof Value]]);
  // Only the order differs.
  return { ...Object.fromEntries(ordered), ...value } as Value;
}
