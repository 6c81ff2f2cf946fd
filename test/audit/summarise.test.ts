import { summarise } from '../../src/audit/summarise';
import type { Exchange } from '../../src/probe/exchange';
import { fakeGateway } from '../fake-gateway';
import { virtualClock } from '../virtual-clock';

async function exchangesOf(answers: readonly (Partial<Exchange> & { readonly afterMs?: number })[]) {
  const { sendProbe } = fakeGateway(virtualClock(0), ({ probe }) => answers[probe - 1] ?? {});
  const exchanges: Exchange[] = [];
  for (let probe = 1; probe <= answers.length; probe += 1) {
    exchanges.push(
      await sendProbe({
        auditId: 'a',
        probe,
        intendedMs: 0,
        request: {
          step: 'only',
          surface: 'chat',
          streamed: false,
          credential: 'customer',
          promptTokens: 16,
          maxCompletionTokens: 4,
        },
      }),
    );
  }
  return exchanges;
}

test('an audit without probes has nothing to measure', () => {
  expect(summarise([])).toEqual({
    probes: 0,
    answered: 0,
    refused: 0,
    failed: 0,
    tokens: { prompt: 0, completion: 0, total: 0 },
    latencyMs: null,
    lateMs: null,
    byStatus: {},
    byBackend: {},
  });
});

test('counts answers, refusals and failures apart, and tokens and backends as they were reported', async () => {
  const usage = { prompt: 16, completion: 4, total: 20 };
  const exchanges = await exchangesOf([
    { backend: 'Sweden Central', status: 200, usage },
    { backend: 'France Central', status: 200, usage },
    { backend: 'Sweden Central', status: 200, usage },
    { backend: '__proto__', status: 200, usage: null },
    { backend: null, status: 429, refusedBy: 'gateway-token-limit' },
    { backend: null, status: 401 },
    { backend: null, status: 500 },
    { backend: null, status: 200, error: { kind: 'not-json', detail: '' } },
    { backend: null, status: null, error: { kind: 'reset', detail: '' } },
  ]);
  const latencyMs = { p50: 100, p90: 100, p99: 100, max: 100 };
  expect({ ...summarise(exchanges), latencyMs: null, lateMs: null }).toEqual({
    probes: 9,
    answered: 4,
    refused: 2,
    failed: 3,
    tokens: { prompt: 48, completion: 12, total: 60 },
    latencyMs: null,
    lateMs: null,
    byStatus: { '200': 5, '401': 1, '429': 1, '500': 1, none: 1 },
    byBackend: Object.fromEntries([
      ['Sweden Central', { probes: 2, tokens: 40, share: 0.5, latencyMs }],
      ['France Central', { probes: 1, tokens: 20, share: 0.25, latencyMs }],
      ['__proto__', { probes: 1, tokens: 0, share: 0.25, latencyMs }],
    ]),
  });
});

test('a header with more values than any pool has members is counted without details', async () => {
  const exchanges = await exchangesOf(Array.from({ length: 51 }, (_, index) => ({ backend: `request-${index}` })));
  expect(Object.values(summarise(exchanges).byBackend)[50]).toEqual({ probes: 1, tokens: 20 });
});

test('latency is that of answered probes, by nearest rank; lateness that of all', async () => {
  const answered = await exchangesOf(Array.from({ length: 100 }, (_, index) => ({ afterMs: (index + 1) * 10 })));
  const refused = await exchangesOf([{ status: 429, afterMs: 1 }]);
  const late = [...answered, ...refused].map((exchange, index) => ({
    ...exchange,
    intendedMs: exchange.sentMs - (index < 2 ? 12.34 : 0.4),
  }));
  const { latencyMs, lateMs } = summarise(late);
  expect({ latencyMs, lateMs }).toEqual({
    latencyMs: { p50: 500, p90: 900, p99: 990, max: 1000 },
    lateMs: { p50: 0.4, p99: 12.3 },
  });
});
