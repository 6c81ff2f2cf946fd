import { type AlertChange, alertsAfter, withTold } from '../../../src/audit/alerts/alert-changes';
import { unknownLimitStatus, withReport } from '../../../src/audit/limit-status';
import type { LimitStatus } from '../../../src/audit/ports';
import type { Report } from '../../../src/audit/report';
import { aCustomer } from '../a-declaration';
import { aReportDraft } from '../a-report-draft';

function aReport(sequence: number, parts: Partial<Report> = {}): Report {
  return { ...aReportDraft(), auditId: `audit-${sequence}`, sequence, previousHash: 'p', hash: 'h', ...parts };
}

const words: Readonly<Record<string, Partial<Report>>> = {
  pass: { verdict: 'pass' },
  fail: { verdict: 'fail' },
  inconclusive: { verdict: 'inconclusive' },
  'broke off': { verdict: 'inconclusive', interrupted: true },
  'broken attempt': { verdict: 'inconclusive', interrupted: true, attemptOf: 'audit-9' },
  missed: { verdict: 'inconclusive', missed: true },
  'judged again': { verdict: 'fail', rejudgementOf: 'audit-1' },
};

function after(history: string): LimitStatus {
  return history
    .split(', ')
    .filter((word) => word !== '')
    .reduce(
      (status, word, index) => withReport(status, { report: aReport(index + 1, words[word]), exchanges: [] }),
      unknownLimitStatus(aCustomer()),
    );
}

const told = (status: LimitStatus) => (status.alerts?.untold ?? []).map(({ kind, sequence }) => `${kind} ${sequence}`);

test.each([
  ['pass', []],
  ['fail', ['fail 1']],
  ['inconclusive', []],
  ['pass, pass', []],
  ['pass, fail', ['fail 2']],
  ['fail, fail', ['fail 1']],
  ['fail, pass', ['fail 1', 'recovered 2']],
  ['fail, pass, pass', ['fail 1', 'recovered 2']],
  ['fail, pass, fail', ['fail 1', 'recovered 2', 'fail 3']],
  ['inconclusive, fail', ['fail 2']],
  ['fail, inconclusive, fail', ['fail 1']],
  ['fail, inconclusive, pass', ['fail 1', 'recovered 3']],
  ['pass, inconclusive, pass', []],
  ['fail, broke off, broken attempt, fail', ['fail 1']],
  ['pass, broken attempt, pass', []],
  ['pass, missed, pass', ['missed 2']],
  ['fail, missed, missed, fail', ['fail 1', 'missed 2', 'missed 3']],
  ['fail, missed, pass', ['fail 1', 'missed 2', 'recovered 3']],
  ['missed, fail', ['missed 1', 'fail 2']],
  ['pass, judged again, pass', []],
])('%s: tells %j', (history, changes) => {
  expect(told(after(history))).toEqual(changes);
});

test('each check has changes of its own', () => {
  const first = withReport(after('fail'), { report: aReport(2, { check: 'access', verdict: 'pass' }), exchanges: [] });
  const second = withReport(first, { report: aReport(3, { check: 'access', verdict: 'fail' }), exchanges: [] });
  expect(second.alerts?.untold).toEqual<AlertChange[]>([
    {
      kind: 'fail',
      check: 'limit-status',
      auditId: 'audit-1',
      sequence: 1,
      at: '2026-11-22T10:00:02.000Z',
      before: null,
    },
    { kind: 'fail', check: 'access', auditId: 'audit-3', sequence: 3, at: '2026-11-22T10:00:02.000Z', before: 'pass' },
  ]);
});

test('a report that is told twice changes nothing, and one that comes after a later one neither', () => {
  const status = after('pass, fail');
  expect(withReport(status, { report: aReport(2, words.fail), exchanges: [] })).toEqual(status);
  expect(told(withReport(status, { report: aReport(1, words.pass), exchanges: [] }))).toEqual(['fail 2']);
});

test('what a row from before there were alerts says is known, and no news', () => {
  const { alerts: _, ...old } = after('pass, fail');
  expect(alertsAfter(old, aReport(3, words.fail)).untold).toEqual([]);
  expect(alertsAfter(old, aReport(3, words.pass)).untold).toMatchObject([{ kind: 'recovered', before: 'fail' }]);
});

test('what is told is no longer to be told, and is counted once', () => {
  const state = after('fail, pass, fail, missed').alerts;
  if (state === undefined) throw new Error('there is no state');
  const some = withTold(state, state.untold.slice(0, 2));
  expect(some).toEqual({ ...state, untold: state.untold.slice(2), told: { fail: 1, recovered: 1, missed: 0 } });
  expect(withTold(some, state.untold)).toEqual({ ...state, untold: [], told: { fail: 2, recovered: 1, missed: 1 } });
  expect(withTold(state, [])).toEqual(state);
});

test('a row that nobody reads for long keeps the newest changes only', () => {
  const status = after(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 'fail' : 'pass')).join(', '));
  const left = told(status);
  expect([left.length, left[0], left.at(-1)]).toEqual([30, 'fail 21', 'recovered 50']);
});

test('what did not run leaves its verdict, when it is due, and the rest of the row but the head as they were', () => {
  const before = after('pass');
  const report = aReport(2, { ...words.missed, scheduledAt: '2026-11-22T11:00:00.000Z', hash: 'h2' });
  const status = withReport(before, { report, exchanges: [] });
  expect(status).toEqual({
    ...before,
    head: { sequence: 2, hash: 'h2' },
    missed: { 'limit-status': { dueAt: '2026-11-22T11:00:00.000Z', auditId: 'audit-2', sequence: 2, count: 1 } },
    totals: expect.objectContaining({ verdicts: { 'limit-status': { pass: 1, fail: 0, inconclusive: 1 } } }),
    alerts: expect.objectContaining({ untold: [expect.objectContaining({ kind: 'missed' })] }),
  });
  expect(withReport(status, { report, exchanges: [] })).toEqual(status);
});
