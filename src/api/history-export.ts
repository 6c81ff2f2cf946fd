import { stringify } from 'csv-stringify/sync';
import type { Report } from '../audit/report';

export const exportFormats = ['csv', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const exportContentTypes: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
};

/** A page of an export: which one decides whether it begins with the names of the columns. */
export interface ExportPage {
  readonly audits: readonly Report[];
  readonly isFirst: boolean;
}

/** A page of the history as text; the pages of one export, one after the other, are one file. */
export function exportPage(format: ExportFormat, { audits, isFirst }: ExportPage): string {
  switch (format) {
    case 'ndjson':
      return audits.map((report) => `${JSON.stringify(report)}\n`).join('');
    case 'csv':
      return stringify(audits.map(toRow), {
        header: isFirst,
        columns: columnNames,
        record_delimiter: 'windows',
        // What a gateway answered stands in some cells; no spreadsheet may take it for a formula.
        escape_formulas: true,
      });
    default:
      return format satisfies never;
  }
}

type Cell = string | number | null;

/** One audit a row. Times are ISO 8601 UTC; what has no value is empty. */
const columns: Readonly<Record<string, (report: Report) => Cell>> = {
  sequence: ({ sequence }) => sequence,
  auditId: ({ auditId }) => auditId,
  customerId: ({ customerId }) => customerId,
  gatewayId: ({ gatewayId }) => gatewayId,
  check: ({ check }) => check,
  trigger: ({ trigger }) => trigger,
  scheduledAt: ({ scheduledAt }) => scheduledAt,
  startedAt: ({ startedAt }) => startedAt,
  finishedAt: ({ finishedAt }) => finishedAt,
  verdict: ({ verdict }) => verdict,
  failedRules: (report) => rulesWith('fail', report),
  inconclusiveRules: (report) => rulesWith('inconclusive', report),
  observed: ({ findings }) => findings.map(({ rule, observed }) => `${rule}: ${observed}`).join('; '),
  stoppedBecause: ({ stoppedBecause }) => stoppedBecause,
  declaredTokensPerMinute: ({ declared }) => declared.customer.tokensPerMinute,
  tokensPerMinuteLow: ({ estimate }) => estimate.tokensPerMinute?.low ?? null,
  tokensPerMinuteHigh: ({ estimate }) => estimate.tokensPerMinute?.high ?? null,
  probes: sent(({ probes }) => probes),
  answered: sent(({ answered }) => answered),
  refused: sent(({ refused }) => refused),
  failed: sent(({ failed }) => failed),
  promptTokens: sent(({ tokens }) => tokens.prompt),
  completionTokens: sent(({ tokens }) => tokens.completion),
  totalTokens: sent(({ tokens }) => tokens.total),
  latencyMsP50: ({ summary }) => summary.latencyMs?.p50 ?? null,
  latencyMsP90: ({ summary }) => summary.latencyMs?.p90 ?? null,
  latencyMsP99: ({ summary }) => summary.latencyMs?.p99 ?? null,
  latencyMsMax: ({ summary }) => summary.latencyMs?.max ?? null,
  evidenceHash: ({ evidenceHash }) => evidenceHash,
  previousHash: ({ previousHash }) => previousHash,
  hash: ({ hash }) => hash,
  rejudgementOf: ({ rejudgementOf }) => rejudgementOf ?? null,
  rejudgedAt: ({ rejudgedAt }) => rejudgedAt ?? null,
};

const columnNames = Object.keys(columns);

function toRow(report: Report): readonly Cell[] {
  return Object.values(columns).map((cellOf) => cellOf(report));
}

/** What was sent and spent, for sums: empty where stored evidence was judged again, since that sent nothing. */
function sent(of: (summary: Report['summary']) => number): (report: Report) => Cell {
  return ({ summary, rejudgementOf }) => (rejudgementOf === undefined ? of(summary) : null);
}

function rulesWith(verdict: Report['verdict'], { findings }: Report): string {
  return findings
    .filter((finding) => finding.verdict === verdict)
    .map(({ rule }) => rule)
    .join(' ');
}
