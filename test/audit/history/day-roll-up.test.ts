import { dayOf, foldIntoDay } from '../../../src/audit/history/day-roll-up';
import { anExchange } from '../../probe/an-exchange';
import { aReportDraft } from '../a-report-draft';

test("an audit counts for the UTC day on which it finished, whatever its time's offset", () => {
  expect(dayOf(aReportDraft({ finishedAt: '2026-11-22T23:30:00-02:00' }))).toBe('2026-11-23');
});

test('a day is the sum of its audits', () => {
  const first = foldIntoDay(null, aReportDraft(), [anExchange({ sentMs: 0, receivedMs: 50 })]);
  const { summary } = aReportDraft();
  const second = aReportDraft({
    check: 'token-limit',
    verdict: 'fail',
    summary: {
      ...summary,
      probes: 3,
      answered: 1,
      refused: 1,
      failed: 1,
      byBackend: { 'Sweden Central': { probes: 1, tokens: 15 }, 'France Central': { probes: 1, tokens: 0 } },
    },
  });
  const exchanges = [
    anExchange({ sentMs: 0, receivedMs: 51 }),
    anExchange({ sentMs: 0, receivedMs: 70_000 }),
    anExchange({ sentMs: 0, receivedMs: 1, status: 429 }),
    anExchange({ sentMs: 0, receivedMs: 1, status: null }),
    anExchange({ sentMs: 0, receivedMs: 1, error: { kind: 'not-json', detail: '' } }),
  ];
  expect(foldIntoDay(first, second, exchanges)).toEqual({
    day: '2026-11-22',
    audits: 2,
    probes: { sent: 4, answered: 2, refused: 1, failed: 1 },
    tokens: { prompt: 20, completion: 10, total: 30 },
    verdicts: {
      'limit-status': { pass: 1, fail: 0, inconclusive: 0 },
      'token-limit': { pass: 0, fail: 1, inconclusive: 0 },
    },
    latencyBuckets: { '50': 1, '100': 1, '+Inf': 1 },
    byBackend: { 'Sweden Central': { probes: 2, tokens: 30 }, 'France Central': { probes: 1, tokens: 0 } },
  });
});

test('a gateway that answers with ever new names does not make the day grow for ever', () => {
  const names = Array.from({ length: 1000 }, (_, at) => `backend ${at} ${'x'.repeat(500)}`);
  const byBackend = Object.fromEntries(names.map((name) => [name, { probes: 1, tokens: 2 }]));
  const day = foldIntoDay(null, aReportDraft({ summary: { ...aReportDraft().summary, byBackend } }), []);
  expect(Object.keys(day.byBackend)).toHaveLength(51);
  expect(day.byBackend['(other)']).toEqual({ probes: 950, tokens: 1900 });
  expect(JSON.stringify(day).length).toBeLessThan(16_000);
});
