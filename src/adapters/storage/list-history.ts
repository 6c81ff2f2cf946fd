import type { HistoryFilter } from '../../audit/ports';
import type { Report } from '../../audit/report';
import { AuditorError } from '../../auditor-error';
import { partitionOf, reportRange } from './history-keys';
import { foreignToken, fromHistoryToken, type TokenScope, toHistoryToken } from './history-token';
import { fromReportRow } from './report-row';
import { answerOf } from './storage-error';
import type { RowFilter, RowPage, RowPageRequest, StorageTable, StoredRow } from './storage-table';

/** After so many pages of the table a short page is better than a late one. */
const maxTablePages = 10;

export interface HistoryPage {
  readonly audits: readonly Report[];
  readonly continuationToken: string | null;
}

/** A customer's reports, newest first: the order of their keys. */
export async function listHistory(
  table: StorageTable,
  customerId: string,
  filter: HistoryFilter,
): Promise<HistoryPage> {
  if (!Number.isInteger(filter.top) || filter.top < 1 || filter.top > 1000) {
    throw new AuditorError('bad-request', `Cannot list ${filter.top} audits: top is a whole number from 1 to 1000`);
  }
  const rowFilter = rowFilterOf(customerId, filter);
  const scope: TokenScope = { ...filter, customerId };
  let tableToken =
    filter.continuationToken === undefined ? undefined : fromHistoryToken(filter.continuationToken, scope);
  const rows: StoredRow[] = [];
  for (let tablePage = 0; tablePage < maxTablePages; tablePage++) {
    const page = await readPage(table, customerId, {
      filter: rowFilter,
      maxRows: filter.top - rows.length,
      ...(tableToken !== undefined && { continuationToken: tableToken }),
    });
    rows.push(...page.rows);
    tableToken = page.continuationToken ?? undefined;
    if (tableToken === undefined || rows.length >= filter.top) break;
  }
  return {
    audits: rows.map(fromReportRow),
    continuationToken: tableToken === undefined ? null : toHistoryToken(tableToken, scope),
  };
}

/** A token in the right form may still name a place that the service does not take: that is its bearer's mistake. */
async function readPage(table: StorageTable, customerId: string, request: RowPageRequest): Promise<RowPage> {
  try {
    return await table.readPage(request);
  } catch (error) {
    const isOfToken = error instanceof AuditorError && answerOf(error.cause).statusCode === 400;
    throw isOfToken && request.continuationToken !== undefined ? foreignToken(customerId) : error;
  }
}

function rowFilterOf(customerId: string, { check, verdict, from, to }: HistoryFilter): RowFilter {
  const partition = partitionOf(customerId);
  const { first, end } = reportRange(timeOf('from', from), timeOf('to', to));
  return (odata) =>
    [
      odata`PartitionKey eq ${partition} and RowKey ge ${first} and RowKey lt ${end}`,
      ...(check === undefined ? [] : [odata`check eq ${check}`]),
      ...(verdict === undefined ? [] : [odata`verdict eq ${verdict}`]),
    ].join(' and ');
}

function timeOf(name: 'from' | 'to', iso: string | undefined): number | null {
  if (iso === undefined) return null;
  const ms = Date.parse(iso);
  if (Number.isFinite(ms)) return ms;
  throw new AuditorError(
    'bad-request',
    `Cannot list audits: ${name} is no ISO 8601 time, such as 2026-11-22T16:00:00Z`,
  );
}
