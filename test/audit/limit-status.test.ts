import { unknownLimitStatus, viewLimitStatus, withObservation, withReport } from '../../src/audit/limit-status';
import type { Report } from '../../src/audit/report';
import { anExchange } from '../probe/an-exchange';
import { aCustomer } from './a-declaration';
import { aReportDraft } from './a-report-draft';

const atMs = Date.UTC(2026, 0, 5, 12);
const iso = (afterMs: number) => new Date(atMs + afterMs).toISOString();

function aReport(parts: Partial<Report> = {}): Report {
  return { ...aReportDraft({ finishedAt: iso(0) }), sequence: 1, previousHash: 'p', hash: 'h1', ...parts };
}

const answered = (afterMs: number, remainingTokens = 80) =>
  anExchange({ receivedMs: atMs + afterMs, remainingTokens, consumedTokens: 15 });
const refused = (afterMs: number, retryAfterMs: number | null = 30_000) =>
  anExchange({ receivedMs: atMs + afterMs, status: 429, usage: null, refusedBy: 'gateway-token-limit', retryAfterMs });

const nothingKnown = unknownLimitStatus(aCustomer());

describe('observations', () => {
  test('the latest answer of the own key tells what is left, whatever order they finished in', () => {
    const exchanges = [answered(200, 50), answered(100, 65)];
    expect(withObservation(nothingKnown, { exchanges, atMs })).toEqual({
      ...nothingKnown,
      observed: { remainingTokens: 50, consumedTokens: 15, at: iso(200) },
      spent: { day: '2026-01-05', tokens: 30 },
    });
  });

  test('answers without the headers, and those to other keys, leave what was observed before', () => {
    const observed = { remainingTokens: 1, consumedTokens: 2, at: iso(-1000) };
    const { asked } = anExchange();
    const exchanges = [
      anExchange(),
      { ...answered(1), asked: { ...asked, credential: 'wrong' as const } },
      { ...answered(2), asked: { ...asked, customerId: 'fabrikam' } },
    ];
    expect(withObservation({ ...nothingKnown, observed }, { exchanges, atMs }).observed).toEqual(observed);
  });

  test.each([
    [
      'since the first refusal, until the last one promises',
      [refused(0), refused(100)],
      { since: iso(0), until: iso(30_100) },
    ],
    ['with no end where none is promised', [refused(0, null)], { since: iso(0), until: null }],
    ['no longer after an answer', [refused(0), answered(100)], null],
    ['again after one', [answered(100), refused(200)], { since: iso(200), until: iso(30_200) }],
    ['not by the model', [{ ...refused(0), refusedBy: 'model' as const }], null],
    [
      'by the quota too',
      [{ ...refused(0), status: 403, refusedBy: 'gateway-quota' as const }],
      { since: iso(0), until: iso(30_000) },
    ],
  ])('a customer is throttled %s', (_, exchanges, throttled) => {
    expect(withObservation(nothingKnown, { exchanges, atMs }).throttled).toEqual(throttled);
  });

  test('a throttling that goes on keeps its beginning', () => {
    const throttled = { since: iso(-5000), until: iso(-1000) };
    const seen = { exchanges: [refused(0)], atMs };
    expect(withObservation({ ...nothingKnown, throttled }, seen).throttled).toEqual({
      since: iso(-5000),
      until: iso(30_000),
    });
  });

  test('what is spent adds up over a day, starts anew with the next, and yesterday told late is not counted', () => {
    const seen = (ms: number) => ({ exchanges: [anExchange()], atMs: ms });
    const first = withObservation(nothingKnown, seen(atMs));
    const second = withObservation(first, seen(atMs + 1000));
    const nextDay = withObservation(second, seen(atMs + 86_400_000));
    const late = withObservation(nextDay, seen(atMs));
    expect([first, second, nextDay, late].map(({ spent }) => spent)).toEqual([
      { day: '2026-01-05', tokens: 15 },
      { day: '2026-01-05', tokens: 30 },
      { day: '2026-01-06', tokens: 15 },
      { day: '2026-01-06', tokens: 15 },
    ]);
  });
});

describe('reports', () => {
  const kept = { report: aReport(), exchanges: [answered(0)] };

  test('a finished audit gives its verdict, the head of the chain and what it spent', () => {
    expect(withReport(null, kept)).toEqual({
      customerId: 'contoso',
      gatewayId: 'main',
      declared: { tokensPerMinute: 1000 },
      observed: { remainingTokens: 80, consumedTokens: 15, at: iso(0) },
      throttled: null,
      verdicts: { 'limit-status': { verdict: 'pass', auditId: kept.report.auditId, sequence: 1, finishedAt: iso(0) } },
      head: { sequence: 1, hash: 'h1' },
      spent: { day: '2026-01-05', tokens: 15 },
      totals: expect.objectContaining({ verdicts: { 'limit-status': { pass: 1, fail: 0, inconclusive: 0 } } }),
      measured: {},
      alerts: expect.objectContaining({ decided: { 'limit-status': { verdict: 'pass', sequence: 1 } }, untold: [] }),
    });
  });

  test('totals only grow, and what an audit does not measure stays as it was measured last', () => {
    const shares = { west: { expected: 0.5, observed: 0.48, low: 0.4, high: 0.6, answers: 50 } };
    const tokensPerMinute = { low: 181, high: 200 };
    const first = withReport(null, { report: aReport({ estimate: { shares } }), exchanges: [anExchange()] });
    const second = aReport({ sequence: 2, verdict: 'fail', estimate: { tokensPerMinute } });
    const { totals, measured } = withReport(first, {
      report: second,
      exchanges: [anExchange(), anExchange({ status: 429 })],
    });
    expect({ totals, measured }).toEqual({
      totals: {
        probes: { sent: 2, answered: 2, refused: 0, failed: 0 },
        tokens: { prompt: 20, completion: 10, total: 30 },
        verdicts: { 'limit-status': { pass: 1, fail: 1, inconclusive: 0 } },
        latencyBuckets: { '500': 2 },
        latencySumMs: 600,
      },
      measured: { shares: { west: 0.48 }, tokensPerMinute },
    });
  });

  test('the same report told twice changes nothing', () => {
    const once = withReport(null, kept);
    expect(withReport(once, kept)).toEqual(once);
  });

  test('an older verdict does not replace a newer one', () => {
    const newer = withReport(null, { report: aReport({ sequence: 7, hash: 'h7' }), exchanges: [] });
    expect(withReport(newer, { report: aReport({ sequence: 6, verdict: 'fail' }), exchanges: [] })).toEqual(newer);
  });

  test('another check that committed before, told late, adds its verdict and leaves the head', () => {
    const newer = withReport(null, { report: aReport({ sequence: 7, hash: 'h7' }), exchanges: [] });
    const late = aReport({ sequence: 6, hash: 'h6', check: 'access' });
    const both = withReport(newer, { report: late, exchanges: [answered(0)] });
    expect([both.head, Object.keys(both.verdicts).toSorted(), both.spent.tokens]).toEqual([
      { sequence: 7, hash: 'h7' },
      ['access', 'limit-status'],
      15,
    ]);
  });
});

describe('the view', () => {
  const now = { nowMs: atMs, isStale: () => false };

  test('shows the promise of the configuration, not that of the last audit', () => {
    const stored = withReport(null, { report: aReport(), exchanges: [] });
    const view = viewLimitStatus(aCustomer({ tokensPerMinute: 5000, gateway: 'next' }), stored, now);
    expect([view.declared, view.gatewayId]).toEqual([{ tokensPerMinute: 5000 }, 'next']);
  });

  test.each([
    [iso(1), { since: iso(-1), until: iso(1) }],
    [iso(0), null],
    [null, { since: iso(-1), until: null }],
  ])('a throttling until %s is over when that has passed', (until, shown) => {
    const stored = { ...nothingKnown, throttled: { since: iso(-1), until } };
    expect(viewLimitStatus(aCustomer(), stored, now).throttled).toEqual(shown);
  });

  test("yesterday's spending is not today's", () => {
    const stored = { ...nothingKnown, spent: { day: '2026-01-04', tokens: 99 } };
    expect(viewLimitStatus(aCustomer(), stored, now).spentToday).toBe(0);
  });
});
