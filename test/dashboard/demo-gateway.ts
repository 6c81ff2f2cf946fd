import { createLimiter, type Limiter } from '../../simulator/limiter';
import type { OpenGateway } from '../../src/audit/running/open-gateway';
import type { Clock } from '../../src/probe/clock';
import type { Exchange } from '../../src/probe/exchange';
import type { ProbeOrder } from '../../src/probe/gateway';
import { fakeGateway } from '../fake-gateway';

/** What the gateways of the demo do: one keeps its promise, one lets twice as much through, one names false waits. */
export interface GatewayManners {
  readonly tokensPerMinute: number;
  /** What every refusal names, in seconds; the honest wait where absent. */
  readonly retryAfterSeconds?: number;
}

const answerMs = 120;

/** Gateways on a clock of the test's own, one counter a customer, by the rules of the simulator's limiter. */
export function demoGateways(clock: Clock, mannersOf: (customerId: string) => GatewayManners): OpenGateway {
  const limiters = new Map<string, Limiter>();
  const limiterOf = (customerId: string) => {
    const { tokensPerMinute } = mannersOf(customerId);
    const limiter = limiters.get(customerId) ?? createLimiter({ kind: 'sliding-window', tokensPerMinute });
    limiters.set(customerId, limiter);
    return limiter;
  };
  return ({ customer }) => {
    const answer = (order: ProbeOrder) => {
      if (order.request.credential !== 'customer') return { ...unauthorised, afterMs: 20 };
      const limiter = limiterOf(customer.id);
      const nowMs = clock.nowMs();
      const decision = limiter.decide(nowMs);
      if (decision.admitted) {
        const { promptTokens: prompt, maxCompletionTokens: completion } = order.request;
        const total = prompt + completion;
        limiter.charge(nowMs + answerMs, total);
        const remaining = limiter.remaining(nowMs + answerMs);
        return { ...answered({ prompt, completion, total }, remaining), afterMs: answerMs };
      }
      const seconds = mannersOf(customer.id).retryAfterSeconds ?? decision.retryAfterSeconds;
      return { ...refused(seconds), afterMs: 40 };
    };
    return { send: fakeGateway(clock, answer).sendProbe, close: async () => {} };
  };
}

const unauthorised: Partial<Exchange> = {
  status: 401,
  backend: null,
  message: 'Access denied due to missing subscription key.',
};

function answered(usage: NonNullable<Exchange['usage']>, remainingTokens: number): Partial<Exchange> {
  return {
    status: 200,
    usage,
    consumedTokens: usage.total,
    remainingTokens,
    headers: {
      'consumed-tokens': String(usage.total),
      'remaining-tokens': String(remainingTokens),
      'x-ms-region': 'Sweden Central',
    },
  };
}

function refused(seconds: number): Partial<Exchange> {
  return {
    status: 429,
    usage: null,
    remainingTokens: 0,
    backend: null,
    refusedBy: 'gateway-token-limit',
    retryAfterMs: seconds * 1000,
    messageWait: { waitMs: seconds * 1000, unitMs: 1000 },
    message: `Token limit is exceeded. Try again in ${seconds} seconds.`,
    headers: { 'retry-after': String(seconds), 'remaining-tokens': '0' },
  };
}
