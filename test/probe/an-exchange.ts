import type { Exchange } from '../../src/probe/exchange';

/** A finished, healthy, non-streamed chat exchange; a test says only what matters to it. */
export function anExchange(overrides: Partial<Exchange> = {}): Exchange {
  return {
    probe: 1,
    asked: {
      step: 'first',
      surface: 'chat',
      streamed: false,
      credential: 'customer',
      promptTokens: 10,
      maxCompletionTokens: 5,
    },
    boundTokens: 26,
    intendedMs: 1_000_000,
    sentMs: 1_000_000,
    headersMs: 1_000_300,
    receivedMs: 1_000_300,
    status: 200,
    error: null,
    usage: { prompt: 10, completion: 5, total: 15 },
    consumedTokens: null,
    remainingTokens: null,
    remainingQuotaTokens: null,
    retryAfterMs: null,
    messageWait: null,
    backend: 'Sweden Central',
    refusedBy: null,
    message: null,
    headers: {},
    ...overrides,
  };
}
