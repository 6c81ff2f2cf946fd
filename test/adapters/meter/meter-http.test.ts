import { openHttpMeter } from '../../../src/adapters/meter/meter-http';
import { virtualClock } from '../../virtual-clock';
import { type Answer, type LocalServer, startServer } from '../local-server';

const nowMs = Date.UTC(2026, 0, 5, 13);
const window = { fromMs: Date.UTC(2026, 0, 5, 12), toMs: Date.UTC(2026, 0, 5, 12, 5) };
const row = { subscriptionId: 'contoso', requests: 2, promptTokens: 30, completionTokens: 10, totalTokens: 40 };

let server: LocalServer;
afterEach(() => server.close());

async function read(answer: Answer) {
  server = await startServer(() => answer);
  const url = `http://127.0.0.1:${server.port}/usage?code=key`;
  return openHttpMeter({ url, clock: virtualClock(nowMs) })(window);
}

test('asks for the window and reads its rows', async () => {
  expect(await read({ body: { rows: [row, { ...row, subscriptionId: null }] } })).toEqual({
    askedMs: nowMs,
    ...window,
    state: 'complete',
    because: null,
    rows: [row, { ...row, subscriptionId: '' }],
  });
  expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'GET /usage?code=key&from=2026-01-05T12%3A00%3A00.000Z&to=2026-01-05T12%3A05%3A00.000Z',
  ]);
});

const unusable: readonly (readonly [string, Answer, string])[] = [
  ['an error', { status: 500 }, 'the meter answered with status 500'],
  ['a redirect', { status: 302, headers: { location: '/else' } }, 'the meter answered with status 302'],
  ['a page', { body: '<html>' }, "the meter's answer is not { rows: [ … ] } with tokens by subscription"],
  ['other JSON', { body: { value: [] } }, "the meter's answer is not { rows: [ … ] } with tokens by subscription"],
  [
    'rows without numbers',
    { body: { rows: [{ ...row, totalTokens: '40' }] } },
    "the meter's answer is not { rows: [ … ] } with tokens by subscription",
  ],
  ['too much', { body: ' '.repeat(5 * 1024 * 1024) }, 'the meter answered with more than 4 MiB'],
];

test.each(unusable)('%s is trouble, never rows', async (_, answer, because) => {
  expect(await read(answer)).toEqual({ askedMs: nowMs, ...window, state: 'trouble', because, rows: [] });
});

test('no server is trouble', async () => {
  server = await startServer(() => ({}));
  const url = `http://127.0.0.1:${server.port}/usage`;
  await server.close();
  const reading = await openHttpMeter({ url, clock: virtualClock(nowMs) })(window);
  expect([reading.state, reading.because]).toEqual(['trouble', 'no answer (ECONNREFUSED)']);
  server = await startServer(() => ({}));
});
