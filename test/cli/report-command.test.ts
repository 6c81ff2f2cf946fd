import { usageOfDays } from '../../src/audit/history/customer-usage';
import type { HistoryFilter } from '../../src/audit/ports';
import { sealReport } from '../../src/audit/proof/hash-chain';
import { AuditorError } from '../../src/auditor-error';
import { aReportDraft, someEvidence } from '../audit/a-report-draft';
import { anAppWith, outputOf } from './command-output';

const report = sealReport(aReportDraft(), null);
const head = { sequence: report.sequence, hash: report.hash };

test('prints the audit pack of the period as one HTML page', async () => {
  const filters: HistoryFilter[] = [];
  const app = anAppWith({
    history: async (_, filter) => {
      filters.push(filter);
      return { audits: [report], continuationToken: null };
    },
    readAudit: async () => ({ ...report, ...someEvidence() }),
    usage: async (customerId) => usageOfDays(customerId, [], null),
    integrity: async () => ({ intact: true, audits: 1, head }),
  });
  const { stdout, exitCode } = await outputOf(['report', 'contoso', '--from', '2026-11-01'], { app });
  expect(exitCode).toBe(0);
  expect(filters).toEqual([{ from: '2026-11-01T00:00:00.000Z', top: 1000 }]);
  expect(stdout).toMatch(/^<!doctype html>.*The gateway keeps what contoso was promised.*<\/html>\n$/s);
  expect(stdout).toContain(report.hash);
});

test('tells of a customer that nobody knows, without half a page', async () => {
  const app = anAppWith({
    history: async () => {
      throw new AuditorError('not-found', 'There is no customer nobody.');
    },
  });
  const { stdout, stderr, exitCode } = await outputOf(['report', 'nobody'], { app });
  expect([stdout, exitCode]).toEqual(['', 3]);
  expect(stderr).toContain('There is no customer nobody.');
});
