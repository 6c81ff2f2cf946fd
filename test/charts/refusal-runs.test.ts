import { refusalRuns } from '../../src/charts/refusal-runs';
import type { Exchange } from '../../src/probe/exchange';
import { anExchange } from '../probe/an-exchange';

const answered = (sentMs: number) => anExchange({ sentMs, receivedMs: sentMs + 100 });
const refused = (sentMs: number, retryAfterMs: number | null): Exchange =>
  anExchange({ sentMs, receivedMs: sentMs + 10, status: 429, refusedBy: 'gateway-token-limit', retryAfterMs });

test.each([
  { seen: 'nothing refused', exchanges: [answered(0)], runs: [] },
  {
    seen: 'refused until an admission: the first promise counts',
    exchanges: [answered(0), refused(1000, 5000), refused(2000, 4000), answered(6000)],
    runs: [{ fromMs: 1010, lastMs: 2010, promisedMs: 6010, admittedMs: 6100, refusals: 2 }],
  },
  {
    seen: 'refused to the end, without a promise',
    exchanges: [refused(1000, null)],
    runs: [{ fromMs: 1010, lastMs: 1010, promisedMs: null, admittedMs: null, refusals: 1 }],
  },
  {
    seen: 'an answer that was under way when the refusal came admits nothing',
    exchanges: [refused(1000, 5000), answered(950), refused(1200, 4800), answered(6000), refused(7000, 1000)],
    runs: [
      { fromMs: 1010, lastMs: 1210, promisedMs: 6010, admittedMs: 6100, refusals: 2 },
      { fromMs: 7010, lastMs: 7010, promisedMs: 8010, admittedMs: null, refusals: 1 },
    ],
  },
  {
    seen: 'a refusal by the model is none of the limit',
    exchanges: [anExchange({ status: 429, refusedBy: 'model' })],
    runs: [],
  },
])('$seen', ({ exchanges, runs }) => {
  expect(refusalRuns(exchanges)).toEqual(runs);
});
