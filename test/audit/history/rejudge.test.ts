import { rejudge } from '../../../src/audit/history/rejudge';
import type { Report } from '../../../src/audit/report';
import type { Finding } from '../../../src/audit/verdict';
import { aCheck } from '../a-check';
import { aReportDraft, someEvidence } from '../a-report-draft';

function aReport(overrides: Partial<Report> = {}): Report {
  return { ...aReportDraft({ check: 'access' }), sequence: 1, previousHash: '', hash: '', ...overrides };
}

function aFinding(rule: string, verdict: Finding['verdict']): Finding {
  return { rule, verdict, expected: 'e', observed: 'o', because: 'b' };
}

const then = [aFinding('key-works', 'fail'), aFinding('no-key-refused', 'pass')];
const today = [aFinding('key-works', 'pass'), aFinding('bad-key-refused', 'pass')];
const access = aCheck({ name: 'access', judge: () => ({ findings: today, estimate: {} }) });

test("today's rules judge what was stored, and only changed verdicts are told", () => {
  const report = aReport({ verdict: 'fail', findings: then });
  const { before, after, changes } = rejudge(report, someEvidence(), { access });
  expect({ before, after, changes }).toEqual({
    before: 'fail',
    after: 'pass',
    changes: [
      { rule: 'key-works', before: 'fail', after: 'pass' },
      { rule: 'no-key-refused', before: 'pass', after: null },
      { rule: 'bad-key-refused', before: null, after: 'pass' },
    ],
  });
});

test('it is judged against what was declared then, with all that was stored', () => {
  const seen: unknown[] = [];
  const judge = (evidence: unknown) => {
    seen.push(evidence);
    return { findings: [], estimate: {} };
  };
  const report = aReport();
  rejudge(report, someEvidence(), { access: aCheck({ name: 'access', judge }) });
  expect(seen).toEqual([
    {
      ...someEvidence(),
      declared: report.declared,
      startedMs: Date.parse(report.startedAt),
      finishedMs: Date.parse(report.finishedAt),
      stoppedBecause: report.stoppedBecause,
    },
  ]);
});

test.each([
  ['was cut off', { evidenceTruncated: true } as const],
  ['broke off', { interrupted: true } as const],
])('what %s decides nothing', (_, cut) => {
  const { after, findings } = rejudge(aReport({ findings: then, ...cut }), someEvidence(), { access });
  expect([after, findings.map(({ verdict }) => verdict)]).toEqual(['inconclusive', ['inconclusive', 'inconclusive']]);
});

test("what today's rules cannot read is told, and decides nothing", () => {
  const judge = () => {
    throw new TypeError('there is no such member');
  };
  const { after, undecidedBecause } = rejudge(aReport({ findings: then }), someEvidence(), {
    access: aCheck({ name: 'access', judge }),
  });
  expect([after, undecidedBecause]).toEqual([
    'inconclusive',
    "today's rules cannot read its evidence (there is no such member)",
  ]);
});
