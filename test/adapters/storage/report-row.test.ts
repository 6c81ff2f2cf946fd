import { fromReportRow, toReportRow } from '../../../src/adapters/storage/report-row';
import type { StoredRow } from '../../../src/adapters/storage/storage-table';
import { genesisHash, hashOfReport, sealReport } from '../../../src/audit/proof/hash-chain';
import { aReportDraft } from '../../audit/a-report-draft';

const stored = (row: object) => ({ etag: '', ...row }) as StoredRow;
const report = sealReport(aReportDraft({ evidenceTruncated: true }), null);
const read = fromReportRow(stored(toReportRow(report, 1)));

test('a report that was stored is the report', () => {
  expect(read).toEqual(report);
  expect(hashOfReport(read)).toBe(report.hash);
});

/* Its stored text has the alphabet's order, in which a finding begins with its reason and ends with its verdict. */
test('it is read in the order in which reports are written about: what and when, what was found, its place', () => {
  expect(Object.keys(read)).toEqual([
    ...['auditId', 'customerId', 'gatewayId', 'check', 'trigger', 'scheduledAt', 'startedAt', 'finishedAt', 'state'],
    ...['verdict', 'findings', 'estimate', 'summary', 'stoppedBecause', 'declared', 'rulesVersion'],
    ...['evidenceHash', 'evidenceTruncated', 'sequence', 'previousHash', 'hash'],
  ]);
  expect(Object.keys(read.findings[0] ?? {})).toEqual(['rule', 'verdict', 'expected', 'observed', 'because']);
  expect(Object.keys(read.declared)).toEqual(['customer', 'gateway', 'settings']);
});

test('a row of an earlier version, whose text holds the hash, is read as it is', () => {
  const { report00: _, hash: __, ...columns } = toReportRow(report, 1);
  expect(fromReportRow(stored({ ...columns, report00: JSON.stringify(report) }))).toEqual(report);
});

test.each([{ findings: null }, { findings: [null, 'x'] }, { previousHash: genesisHash }])(
  'what somebody made of it, such as %j, is read as it is: whether it was saved so is for others to say',
  (forged) => {
    const row = stored({ ...toReportRow(report, 1), report00: JSON.stringify(forged) });
    expect(JSON.parse(JSON.stringify(fromReportRow(row)))).toEqual({ ...forged, hash: report.hash });
  },
);
