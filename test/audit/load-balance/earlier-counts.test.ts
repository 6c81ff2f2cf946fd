import { earlierCountsOf } from '../../../src/audit/load-balance/earlier-counts';
import type { Report } from '../../../src/audit/report';
import { aDeclaration } from '../a-declaration';
import { aReportDraft } from '../a-report-draft';

const pool = {
  members: [
    { id: 'a', answersAs: 'a', priority: 1, weight: 1 },
    { id: 'b', answersAs: 'b', priority: 1, weight: 1 },
  ],
  failures: 1,
  interval: 'PT1M',
  tripDuration: 'PT30S',
  acceptRetryAfter: true,
  instances: 1,
  retries: 0,
  exclusive: false,
};
const declared = aDeclaration({}, { pool });
const share = { expected: 0.5, observed: 0.5, low: 0.4, high: 0.6 };

function lastReport(overrides: Partial<Report> = {}): Report {
  const spread = { rule: 'spread', expected: '', observed: '', because: '' };
  return {
    ...aReportDraft(),
    check: 'load-balance',
    declared,
    findings: [{ ...spread, verdict: 'inconclusive' }],
    estimate: { shares: { a: { ...share, answers: 210 }, b: { ...share, answers: 190 } } },
    sequence: 1,
    previousHash: '',
    hash: '',
    ...overrides,
  };
}

test('an audit goes on with the answers that the last one had counted without deciding', () => {
  expect(earlierCountsOf(lastReport(), declared)).toEqual({ a: 210, b: 190 });
});

test.each<[string, Partial<Report>]>([
  ['had decided', { findings: [{ rule: 'spread', verdict: 'pass', expected: '', observed: '', because: '' }] }],
  ['had no shares to tell of', { estimate: {} }],
  ['was interrupted', { interrupted: true }],
  [
    'judged other weights',
    {
      declared: aDeclaration(
        {},
        { pool: { ...pool, members: pool.members.map((member, index) => ({ ...member, weight: index + 1 })) } },
      ),
    },
  ],
  ['judged another tolerance', { declared: { ...declared, settings: { ...declared.settings, tolerancePoints: 5 } } }],
])('it starts afresh where the last one %s', (_why, overrides) => {
  expect(earlierCountsOf(lastReport(overrides), declared)).toBeNull();
});
