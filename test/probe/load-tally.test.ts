import type { Exchange } from '../../src/probe/exchange';
import { tallyByCustomer, tallyLoad } from '../../src/probe/load-tally';
import { anExchange } from './an-exchange';

const intendedMs = 1_000_000;

function countsOf(exchanges: readonly Partial<Exchange>[]) {
  const tally = tallyLoad();
  for (const exchange of exchanges) {
    tally.addSent(0);
    tally.addExchange(anExchange(exchange));
  }
  return tally.counts();
}

test('a load of nothing has no percentiles', () => {
  expect(countsOf([])).toEqual({
    sent: 0,
    answered: 0,
    refused: 0,
    failed: 0,
    latencyMs: null,
    ttftMs: null,
    betweenTokensMs: null,
    lateMs: null,
    tokens: { prompt: 0, completion: 0, total: 0 },
    byStatus: {},
  });
});

test('answers, refusals and failures are told apart, and only answers have a latency', () => {
  const counts = countsOf([
    { intendedMs, receivedMs: intendedMs + 40 },
    { status: 429, usage: null, receivedMs: intendedMs + 1 },
    { status: 403, usage: null },
    { status: 500, usage: null },
    { status: 200, usage: null, error: { kind: 'not-json', detail: 'the answer is not JSON' } },
    { status: null, headersMs: null, usage: null, error: { kind: 'reset', detail: 'the connection was closed' } },
  ]);
  expect(counts).toMatchObject({
    answered: 1,
    refused: 2,
    failed: 3,
    latencyMs: { p50: 40, p90: 40, p95: 40, p99: 40, max: 40 },
    tokens: { prompt: 10, completion: 5, total: 15 },
    byStatus: { 200: 2, 403: 1, 429: 1, 500: 1, none: 1 },
  });
});

test('latency counts from the moment meant, not from the moment sent', () => {
  const counts = countsOf([{ intendedMs, sentMs: intendedMs + 900, receivedMs: intendedMs + 1000 }]);
  expect(counts.latencyMs?.p50).toBe(1000);
});

test('of a stream, the first words count from the moment meant and the others by tokens, not by events', () => {
  const stream = { firstMs: intendedMs + 120, lastMs: intendedMs + 320, events: 3 };
  const usage = { prompt: 10, completion: 11, total: 21 };
  const counts = countsOf([{ intendedMs, receivedMs: intendedMs + 330, stream, usage }]);
  expect(counts.ttftMs?.p50).toBe(120);
  expect(counts.betweenTokensMs?.p50).toBe(20);
});

test('a stream whose words came in one event, or whose usage is unknown, says nothing of the time between tokens', () => {
  const stream = { firstMs: intendedMs + 120, lastMs: intendedMs + 120, events: 1 };
  const unknown = { firstMs: intendedMs + 120, lastMs: intendedMs + 320, events: 3 };
  const counts = countsOf([
    { intendedMs, stream },
    { intendedMs, stream: unknown, usage: null },
  ]);
  expect([counts.ttftMs?.p50, counts.betweenTokensMs]).toEqual([120, null]);
});

test('percentiles of many values are true to a thousandth, up to an hour; the largest exactly', () => {
  const tally = tallyLoad();
  for (let ms = 1; ms <= 10_000; ms += 1) tally.addExchange(anExchange({ intendedMs, receivedMs: intendedMs + ms }));
  tally.addExchange(anExchange({ intendedMs, receivedMs: intendedMs + 3_500_123.4 }));
  const { latencyMs } = tally.counts();
  const isTrue = (value: number | undefined, truth: number) => Math.abs((value ?? 0) / truth - 1) <= 0.001;
  expect([isTrue(latencyMs?.p50, 5000), isTrue(latencyMs?.p99, 9900), latencyMs?.max]).toEqual([
    true,
    true,
    3_500_123.4,
  ]);
});

test('each of several customers is counted by itself as well', () => {
  const tally = tallyByCustomer(['contoso', 'fabrikam']);
  const asked = { ...anExchange().asked, customerId: 'fabrikam' };
  tally.addSent({ ...asked, customerId: 'contoso' }, 0);
  tally.addSent(asked, 3);
  tally.addExchange(anExchange({ asked }));
  const { contoso, fabrikam } = tally.countsByCustomer();
  expect([contoso?.sent, contoso?.answered, contoso?.lateMs?.max]).toEqual([1, 0, 0]);
  expect([fabrikam?.sent, fabrikam?.answered, fabrikam?.lateMs?.max]).toEqual([1, 1, 3]);
  expect([tally.counts().sent, tally.counts().answered]).toEqual([2, 1]);
});

test('of a single customer there is nothing to tell apart', () => {
  expect(tallyByCustomer(['contoso']).countsByCustomer()).toEqual({});
});
