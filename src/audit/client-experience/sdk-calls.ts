import type { Exchange, SdkOutcome } from '../../probe/exchange';
import type { SdkEstimate } from '../report';

/** One call as the SDK's caller saw it, with the attempts that it did not see. */
export interface SdkCall {
  readonly attempts: readonly Exchange[];
  readonly outcome: SdkOutcome;
}

/** Whole calls, in their order; one that broke off has no outcome and is left out. */
export function sdkCallsOf(exchanges: readonly Exchange[]): readonly SdkCall[] {
  const numbers = [...new Set(exchanges.flatMap(({ sdk }) => sdk?.call ?? []))];
  return numbers.flatMap((number) => {
    const attempts = exchanges.filter(({ sdk }) => sdk?.call === number);
    const outcome = attempts.findLast(({ sdk }) => sdk?.outcome !== undefined)?.sdk?.outcome;
    return outcome === undefined ? [] : [{ attempts, outcome }];
  });
}

/** An SDK that rounds a wait is not called impatient; ms. */
const slackMs = 1_000;

/** What the SDK did, as facts. */
export function sdkEstimateOf(calls: readonly SdkCall[]): SdkEstimate {
  const gaps = calls.flatMap(({ attempts }) =>
    attempts.slice(1).flatMap((attempt, index) => {
      const before = attempts[index];
      return before === undefined ? [] : [{ before, waitedMs: attempt.sentMs - before.receivedMs }];
    }),
  );
  const hammered = gaps.filter(({ before, waitedMs }) => waitedMs + slackMs < (askedWaitMs(before) ?? 0));
  return {
    calls: calls.length,
    answeredCalls: calls.filter(({ outcome }) => outcome.error === null).length,
    attempts: calls.reduce((sum, { attempts }) => sum + attempts.length, 0),
    longestCallMs: Math.round(Math.max(0, ...calls.map(({ outcome }) => outcome.tookMs))),
    longestWaitMs: Math.round(Math.max(0, ...gaps.map(({ waitedMs }) => waitedMs))),
    hammeredAttempts: hammered.length,
    lostMessages: calls.filter(({ outcome }) => outcome.keptMessage === false).length,
  };
}

/** The wait that a refusal asks for, in its header or its message. */
function askedWaitMs({ retryAfterMs, messageWait }: Exchange): number | null {
  return retryAfterMs ?? messageWait?.waitMs ?? null;
}
