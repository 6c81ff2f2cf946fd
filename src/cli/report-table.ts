import type { Report } from '../audit/report';
import { colourVerdict, renderTable, type TableStyle } from './table';

/** The findings of some audits as a table, one row a finding; an audit without findings says why it ended. */
export function renderReports(reports: readonly Report[], style: TableStyle): string {
  const rows = reports.flatMap((report) => {
    const { customerId, check, findings, verdict, stoppedBecause } = report;
    if (findings.length === 0) {
      return [[customerId, check, '–', colourVerdict(verdict, style), '', 'nothing that decides', stoppedBecause]];
    }
    return findings.map((finding) => [
      customerId,
      check,
      finding.rule,
      colourVerdict(finding.verdict, style),
      finding.expected,
      finding.observed,
      finding.because,
    ]);
  });
  return renderTable(
    [
      { title: 'customer' },
      { title: 'check' },
      { title: 'rule' },
      { title: 'verdict' },
      { title: 'expected', isFreeText: true },
      { title: 'observed', isFreeText: true },
      { title: 'because', isFreeText: true },
    ],
    rows,
    style,
  );
}
