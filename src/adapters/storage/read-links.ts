import { isDeepStrictEqual } from 'node:util';
import type { StoredLink } from '../../audit/ports';
import type { Report } from '../../audit/report';
import { AuditorError } from '../../auditor-error';
import { hashOfEvidenceRows } from './evidence-rows';
import { endOfPrefix, evidencePrefix, partitionOf, pointerKey, reportKey, reportRange } from './history-keys';
import { fromPointerRow, toPointerRow } from './pointer-row';
import { fromReportRow, reportColumns, reportTextIn } from './report-row';
import { timeIn } from './row-values';
import type { NewRow, StorageTable, StoredRow } from './storage-table';

/** Reports of a page, and how many of them are looked up at once (pointer and evidence: two requests each). */
const rowsOfPage = 200;
const lookUpsAtOnce = 20;

/**
 * One page of all that stands where a customer's reports do, newest first. What a report cannot be trusted to say of
 * itself is compared with what would be written for it today: the columns that lists filter by, its key, its pointer.
 */
export async function readLinks(
  table: StorageTable,
  customerId: string,
  continuationToken: string | null,
): Promise<{ readonly links: readonly StoredLink[]; readonly continuationToken: string | null }> {
  const partition = partitionOf(customerId);
  const { first, end } = reportRange(null, null);
  const page = await table.readPage({
    filter: (odata) => odata`PartitionKey eq ${partition} and RowKey ge ${first} and RowKey lt ${end}`,
    maxRows: rowsOfPage,
    ...(continuationToken !== null && { continuationToken }),
  });
  const links: StoredLink[] = [];
  for (let start = 0; start < page.rows.length; start += lookUpsAtOnce) {
    const rows = page.rows.slice(start, start + lookUpsAtOnce);
    links.push(...(await Promise.all(rows.map((row) => readLink(table, row)))));
  }
  return { links, continuationToken: page.continuationToken };
}

async function readLink(table: StorageTable, row: StoredRow): Promise<StoredLink> {
  const report = unlessCorrupt(() => fromReportRow(row));
  if (typeof report !== 'object' || report === null)
    return { row: row.rowKey, report: null, evidenceHash: null, disagreement: 'its row holds no report' };
  const auditId = String(report.auditId);
  if (!/^[A-Za-z0-9-]{1,64}$/.test(auditId)) {
    return { row: row.rowKey, report, evidenceHash: null, disagreement: 'its id is none' };
  }
  const [pointerRow, evidenceRows] = await Promise.all([
    table.read(pointerKey(row.partitionKey, auditId)),
    readEvidenceRows(table, row.partitionKey, auditId),
  ]);
  return {
    row: row.rowKey,
    report,
    text: reportTextIn(row),
    evidenceHash: unlessCorrupt(() => hashOfEvidenceRows(evidenceRows, report.evidenceHash)),
    disagreement: disagreementOf(row, report, pointerRow),
  };
}

function readEvidenceRows(table: StorageTable, partition: string, auditId: string): Promise<readonly StoredRow[]> {
  const prefix = evidencePrefix(auditId);
  const end = endOfPrefix(prefix);
  return table.readAll((odata) => odata`PartitionKey eq ${partition} and RowKey ge ${prefix} and RowKey lt ${end}`);
}

function disagreementOf(row: StoredRow, report: Report, pointerRow: StoredRow | null): string | null {
  const committedMs = unlessCorrupt(() => timeIn(row, 'committedAt'));
  if (committedMs === null || !saysTheSame(row, () => reportColumns(report, committedMs))) {
    return 'the columns of its row, by which it is found, do not say what it says';
  }
  if (pointerRow === null) return 'its pointer, by which it is found, is gone';
  const { attempt } = unlessCorrupt(() => fromPointerRow(pointerRow)) ?? { attempt: 0 };
  const { hash } = report;
  const reportRow = reportKey(report.customerId, { committedMs, sequence: report.sequence }).rowKey;
  const pointer = { order: report, state: 'done', attempt, sinceMs: committedMs, hash, reportRow } as const;
  return saysTheSame(pointerRow, () => toPointerRow(pointer)) ? null : 'its pointer, by which it is found, was changed';
}

function saysTheSame(row: StoredRow, toRow: () => NewRow): boolean {
  try {
    return Object.entries(toRow()).every(([name, value]) => isDeepStrictEqual(row[name], value));
  } catch {
    // What was tampered with may have any form, also one that no row can be made of.
    return false;
  }
}

function unlessCorrupt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof AuditorError && error.code === 'storage-corrupt') return null;
    throw error;
  }
}
