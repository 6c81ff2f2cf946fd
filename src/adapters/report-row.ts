import { sealedTextOf } from '../audit/hash-chain';
import type { Report } from '../audit/report';
import { AuditorError } from '../auditor-error';
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

/** What and when before what was found: the order of the stored text is the alphabet's. */
function inReadingOrder(report: Report): Report {
  // What was tampered with may be anything.
  if (typeof report !== 'object' || report === null) return report;
  const { auditId, customerId, gatewayId, check, trigger, scheduledAt, startedAt, finishedAt, ...rest } = report;
  const { state, verdict, findings, estimate, summary, ...more } = rest;
  const first = { auditId, customerId, gatewayId, check, trigger, scheduledAt, startedAt, finishedAt };
  return { ...first, state, verdict, findings, estimate, summary, ...more };
}
