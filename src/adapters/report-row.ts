import type { Report } from '../audit/report';
import { AuditorError } from '../auditor-error';
import { reportKey } from './history-keys';
import { fromTextParts, parseJson, toTextParts } from './row-values';
import type { NewRow, StoredRow } from './storage-table';

/** An entity holds 1 MiB, two bytes a character; the rest is for keys and for what is filtered by. */
const maxReportLength = 448_000;

/** The report as JSON text, so that a person can read it in the portal; what lists filter by stands beside it. */
export function toReportRow(report: Report, committedMs: number): NewRow {
  const text = JSON.stringify(report);
  if (text.length > maxReportLength) {
    throw new AuditorError(
      'program-error',
      `Cannot save audit ${report.auditId} of customer ${report.customerId}: its report has ${text.length} characters, and a row holds ${maxReportLength}. This is a mistake of this program: please report it.`,
    );
  }
  return {
    ...reportKey(report.customerId, { committedMs, sequence: report.sequence }),
    auditId: report.auditId,
    check: report.check,
    verdict: report.verdict,
    sequence: report.sequence,
    committedAt: new Date(committedMs).toISOString(),
    ...toTextParts('report', text),
  };
}

export function fromReportRow(row: StoredRow): Report {
  return parseJson<Report>(row, fromTextParts(row, 'report'));
}
