import { limiterKinds, readAs } from '../../../src/audit/token-limit/bounds';
import { judgeTokenLimit } from '../../../src/audit/token-limit/judge';
import { readLedger } from '../../../src/audit/token-limit/ledger';
import type { Exchange } from '../../../src/probe/exchange';
import { messageWaitOf } from '../../../src/probe/message-wait';
import { tokenLimitRest } from '../../fixtures/recorded-runs.json';
import { anExchange } from '../../probe/an-exchange';
import { evidenceOf, startMs } from './an-audit';

/** What a real gateway of a classic tier, sold with 100 tokens a minute, answered to calls with 15 s between them. */
const runs = tokenLimitRest.runs.map((run) => {
  let sentMs = startMs;
  return run.map((answer): Exchange => {
    const exchange = toExchange(answer, sentMs);
    sentMs = exchange.receivedMs + 1000 * tokenLimitRest.pauseSeconds;
    return exchange;
  });
});

interface Recorded {
  readonly seconds: number;
  readonly status: number;
  readonly consumed?: number;
  readonly remaining?: number;
  readonly message?: string;
}

function toExchange({ seconds, status, consumed, remaining, message }: Recorded, sentMs: number): Exchange {
  const receivedMs = sentMs + Math.round(1000 * seconds);
  const messageWait = message === undefined ? null : messageWaitOf(message);
  return anExchange({
    intendedMs: sentMs,
    sentMs,
    headersMs: receivedMs,
    receivedMs,
    status,
    usage: consumed === undefined ? null : { prompt: consumed - 40, completion: 40, total: consumed },
    consumedTokens: consumed ?? null,
    remainingTokens: remaining ?? null,
    message: message ?? null,
    messageWait,
    retryAfterMs: messageWait?.waitMs ?? null,
    refusedBy: status === 429 ? 'gateway-token-limit' : null,
    backend: status === 200 ? 'Sweden Central' : null,
  });
}

const asSold = { customer: { tokensPerMinute: 100 } };

// The bucket that would explain the same is no bucket of 100: the limit was a sliding window's.
test.each([
  [0, { 'sliding-window': '59 to 129', 'token-bucket': '55 to 72', 'fixed-window': '59 to 129' }],
  [1, { 'sliding-window': '59 to 127', 'token-bucket': '55 to 71', 'fixed-window': '54 to 127' }],
])('recorded run %d bounds the limit by what it must and what it may have charged', (run, bounds) => {
  const evidence = evidenceOf(runs[run] ?? [], asSold);
  const ledger = readLedger(evidence, evidence.declared.gateway.headers);
  const readings = limiterKinds.map((kind) => readAs(kind, ledger));
  expect(
    Object.fromEntries(
      readings.map(({ kind, above, atMost }) => [kind, `${Math.floor(above)} to ${Math.floor(atMost ?? 0)}`]),
    ),
  ).toEqual(bounds);
});

test.each(['sliding-window', 'token-bucket', 'fixed-window', 'unknown'] as const)(
  'recorded runs of a gateway that kept its promises are never failed, declared as %s',
  (limiter) => {
    const verdicts = runs.flatMap((run) =>
      judgeTokenLimit(evidenceOf(run, { ...asSold, gateway: { limiter } })).findings.map(({ verdict }) => verdict),
    );
    expect(verdicts).not.toContain('fail');
  },
);
