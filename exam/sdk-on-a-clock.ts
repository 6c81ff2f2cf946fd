import type { Clock } from '../src/probe/clock';
import type { Exchange } from '../src/probe/exchange';
import { type CallSdk, maxSdkAttempts, type SendProbe } from '../src/probe/gateway';

/**
 * What OpenAI's client (7.x) does about a refusal, on any clock: three attempts; it waits for as long as
 * `retry-after` says in seconds, but for waits over 60 s or without the header for half a second, then one.
 */
export function sdkOnAClock(sendProbe: SendProbe, clock: Clock): CallSdk {
  return async ({ call, ...order }) => {
    const beganMs = clock.nowMs();
    const attempts: Exchange[] = [];
    for (let attempt = 0; attempt < maxSdkAttempts; attempt += 1) {
      const exchange = await sendProbe({ ...order, probe: order.probe + attempt, intendedMs: clock.nowMs() });
      attempts.push({ ...exchange, sdk: { call, attempt } });
      if (!isTriedAgain(exchange) || attempt === maxSdkAttempts - 1) break;
      await clock.sleepUntil(clock.nowMs() + waitMs(exchange, attempt));
    }
    const last = attempts.at(-1);
    if (last === undefined) throw new Error('an SDK makes at least one attempt');
    const failed = last.status === null || last.status >= 300;
    const outcome = {
      tookMs: clock.nowMs() - beganMs,
      error: failed ? 'RateLimitError' : null,
      keptMessage: failed ? true : null,
    };
    return [...attempts.slice(0, -1), { ...last, sdk: { call, attempt: attempts.length - 1, outcome } }];
  };
}

function isTriedAgain({ status }: Exchange): boolean {
  return status === null || status === 429 || status >= 500;
}

function waitMs({ headers }: Exchange, attempt: number): number {
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return seconds >= 0 && seconds <= 60 ? seconds * 1000 : 500 * 2 ** attempt;
}
