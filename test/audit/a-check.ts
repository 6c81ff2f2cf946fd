import type { Check } from '../../src/audit/check';
import type { ProbeRequest } from '../../src/probe/exchange';

export const aProbe: ProbeRequest = {
  step: 'only',
  surface: 'chat',
  streamed: false,
  credential: 'customer',
  promptTokens: 16,
  maxCompletionTokens: 4,
};

/** A check that sends so many probes, one after the other, and passes where each was answered. */
export function aCheck(parts: Partial<Check> & { readonly probes?: number } = {}): Check {
  const { probes = 1, ...overrides } = parts;
  return {
    name: 'limit-status',
    saturates: false,
    next: ({ exchanges, inFlight, nowMs }) => {
      if (exchanges.length >= probes) return { do: 'stop', because: 'it has seen enough' };
      if (inFlight > 0) return { do: 'wait', phase: 'waiting', untilMs: nowMs + 60_000 };
      return { do: 'send', phase: 'probing', probes: [aProbe] };
    },
    judge: ({ exchanges }) => ({
      findings: [
        {
          rule: 'reachable',
          verdict: exchanges.every(({ status }) => status === 200) ? 'pass' : 'fail',
          expected: 'answers',
          observed: exchanges.map(({ status }) => status).join(', '),
          because: 'That is what came back.',
        },
      ],
      estimate: {},
    }),
    ...overrides,
  };
}
