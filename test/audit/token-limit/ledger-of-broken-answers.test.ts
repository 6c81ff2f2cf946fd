import { isAnswered, readLedger } from '../../../src/audit/token-limit/ledger';
import type { Exchange } from '../../../src/probe/exchange';
import { anExchange } from '../../probe/an-exchange';
import { aGateway } from '../a-declaration';

// Seen with a simulated gateway whose answers a proxy replaced by pages: each page was taken for an answer that cost
// nothing, and a limit that was right was said to be too low.
const notJson = { kind: 'not-json', detail: 'text/html' } as const;
const broken: Record<string, Partial<Exchange>> = {
  'a page of HTML with 200': { status: 200, error: notJson, usage: null },
  'a page of HTML with 502': { status: 502, error: notJson, usage: null },
  'an error of a gateway that is down': { status: 503, error: null, usage: null },
  'a body that ended early': { status: 200, error: { kind: 'wrong-length', detail: '' }, usage: null },
  'no answer at all': { status: null, error: { kind: 'reset', detail: '' }, usage: null },
};

test.each(Object.entries(broken))('%s proves no admission, and may have been charged', (_, told) => {
  const exchange = anExchange({ ...told, headers: {}, backend: null, consumedTokens: null, boundTokens: 40 });
  const { admissions, charges } = readLedger({ exchanges: [exchange], priorCharges: [] }, aGateway().headers);
  expect(isAnswered(exchange)).toBe(false);
  expect(admissions).toEqual([]);
  expect(charges).toEqual([
    { sentMs: exchange.sentMs, fromMs: exchange.sentMs, toMs: exchange.receivedMs + 60_000, low: 0, high: 40 },
  ]);
});
