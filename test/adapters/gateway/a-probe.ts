import type { Clock } from '../../../src/probe/clock';
import type { ProbeRequest } from '../../../src/probe/exchange';
import type { ProbeOrder } from '../../../src/probe/gateway';

/** A key that must turn up nowhere but in the header that it is sent in. */
export const canaryKey = 'canary-key-5d41402abc4b2a76';

export function aRequest(request: Partial<ProbeRequest> = {}): ProbeRequest {
  return {
    step: 'first',
    surface: 'chat',
    streamed: false,
    credential: 'customer',
    promptTokens: 20,
    maxCompletionTokens: 5,
    ...request,
  };
}

export function anOrder(request: Partial<ProbeRequest> = {}, probe = 1): ProbeOrder {
  return { auditId: '0192f0c1-0000-7000-8000-000000000001', probe, request: aRequest(request), intendedMs: 1000 };
}

/** A clock that is a millisecond later at each look: the order of the looks is what a test sees. */
export function lookCountingClock(fromMs = 1000): Clock {
  let nowMs = fromMs;
  return {
    nowMs: () => {
      nowMs += 1;
      return nowMs;
    },
    sleepUntil: () => Promise.resolve(),
  };
}
