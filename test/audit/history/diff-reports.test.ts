import { diffReports } from '../../../src/audit/history/diff-reports';
import { sealReport } from '../../../src/audit/proof/hash-chain';
import type { ReportDraft } from '../../../src/audit/report';
import { aDeclaration } from '../a-declaration';
import { aReportDraft } from '../a-report-draft';

const { summary } = aReportDraft();
const before = aReport({});

function aReport(parts: Partial<ReportDraft>) {
  return sealReport(aReportDraft(parts), null);
}

test('two audits that saw the same differ in nothing', () => {
  const { findings, estimate, latencyMs, spread, declared } = diffReports(before, aReport({ auditId: 'other' }));
  expect({ findings, estimate, latencyMs, spread, declared }).toEqual({
    findings: [],
    estimate: [],
    latencyMs: [],
    spread: [],
    declared: [],
  });
});

test('what changed is told from the one to the other', () => {
  const finding = { expected: '90 to 110', because: 'so it was' } as const;
  const declared = aDeclaration();
  const old = aReport({
    findings: [
      { rule: 'limit-value', verdict: 'pass', observed: '95 to 104', ...finding },
      { rule: 'recovery', verdict: 'pass', observed: 'in 60 s', ...finding },
    ],
    estimate: { tokensPerMinute: { low: 95, high: 104 }, counters: 1, timeline: [] },
    summary: { ...summary, byBackend: { west: { probes: 2, tokens: 20 }, north: { probes: 1, tokens: 10 } } },
  });
  const now = aReport({
    auditId: '0192f0c1-0000-7000-8000-000000000002',
    verdict: 'fail',
    findings: [
      { rule: 'limit-value', verdict: 'fail', observed: 'never refused', ...finding },
      { rule: 'limit-enforced', verdict: 'fail', observed: 'never refused', ...finding },
    ],
    estimate: { tokensPerMinute: { low: 200, high: null }, counters: 1 },
    summary: {
      ...summary,
      latencyMs: { p50: 300, p90: 900, p99: 900, max: 900 },
      byBackend: { west: { probes: 4, tokens: 40 } },
    },
    declared: { ...declared, customer: { ...declared.customer, tokensPerMinute: 200 } },
  });
  expect(diffReports(old, now)).toEqual({
    customerId: 'contoso',
    check: 'limit-status',
    before: {
      auditId: old.auditId,
      sequence: 1,
      finishedAt: '2026-11-22T10:00:02.000Z',
      verdict: 'pass',
      rulesVersion: 1,
    },
    after: {
      auditId: now.auditId,
      sequence: 1,
      finishedAt: '2026-11-22T10:00:02.000Z',
      verdict: 'fail',
      rulesVersion: 1,
    },
    findings: [
      {
        rule: 'limit-value',
        before: { verdict: 'pass', expected: '90 to 110', observed: '95 to 104' },
        after: { verdict: 'fail', expected: '90 to 110', observed: 'never refused' },
      },
      { rule: 'recovery', before: { verdict: 'pass', expected: '90 to 110', observed: 'in 60 s' }, after: null },
      {
        rule: 'limit-enforced',
        before: null,
        after: { verdict: 'fail', expected: '90 to 110', observed: 'never refused' },
      },
    ],
    estimate: [
      { name: 'tokensPerMinute.low', before: 95, after: 200 },
      { name: 'tokensPerMinute.high', before: 104, after: null },
    ],
    latencyMs: [
      { name: 'p90', before: 300, after: 900 },
      { name: 'p99', before: 300, after: 900 },
      { name: 'max', before: 300, after: 900 },
    ],
    spread: [
      { name: 'west', before: 0.667, after: 1 },
      { name: 'north', before: 0.333, after: null },
    ],
    declared: [{ name: 'customer.tokensPerMinute', before: declared.customer.tokensPerMinute, after: 200 }],
  });
});

test('an audit that had no answers has no latency to compare', () => {
  const silent = aReport({ summary: { ...summary, latencyMs: null, byBackend: {} } });
  expect(diffReports(silent, before)).toMatchObject({
    latencyMs: expect.arrayContaining([{ name: 'p50', before: null, after: 300 }]),
    spread: [{ name: 'Sweden Central', before: null, after: 1 }],
  });
});
