import type { ProbeRequest } from '../../probe/exchange';
import { boundTokensOf, smallestPromptTokens } from '../../probe/prompt';
import { seededWholeNumbers } from '../../probe/seeded-random';
import type { Declaration } from '../declaration';

/** One call of the workload, and how long nothing is sent before it; ms. */
export interface PlannedCall {
  readonly request: ProbeRequest;
  readonly pauseMs: number;
}

export interface Workload {
  readonly plain: readonly PlannedCall[];
  readonly streamed: readonly PlannedCall[];
}

/** The scenario that this project starts from makes 15 calls less 0 to 5, about a second apart. */
const mostCallsLess = 5;
const pauseMs = { least: 500, most: 1_500 };

/** Sizes as shares of the limit, so that several calls fit into a minute; and never more than tells sizes apart. */
const promptShare = 0.12;
const completionShare = 0.05;
const mostPromptTokens = 80;
const mostCompletionTokens = 20;

/** A random workload that one seed makes once and for all; the streamed ones run in minutes of their own. */
export function planWorkload({ customer, gateway, settings }: Declaration, seed: number): Workload {
  const draw = seededWholeNumbers(seed);
  const count = Math.max(1, settings.calls - draw(0, mostCallsLess));
  const streamedCount = streamedOf(count, settings.streamedShare);
  const sizes = largestSizes(customer.tokensPerMinute);
  const most = Math.max(smallestPromptTokens, Math.min(sizes.prompt, gateway.maxPromptTokens));
  const calls = Array.from({ length: count }, (_, index): PlannedCall => {
    const streamed = index >= count - streamedCount;
    return {
      pauseMs: draw(pauseMs.least, pauseMs.most),
      request: {
        step: streamed ? 'streamed' : 'plain',
        surface: 'chat',
        streamed,
        credential: 'customer',
        promptTokens: draw(smallestPromptTokens, most),
        maxCompletionTokens: draw(1, sizes.completion),
      },
    };
  });
  return { plain: calls.slice(0, count - streamedCount), streamed: calls.slice(count - streamedCount) };
}

/** The most that one call of the workload may be charged with such a limit; tokens. */
export function largestCallTokens(tokensPerMinute: number): number {
  const { prompt, completion } = largestSizes(tokensPerMinute);
  return boundTokensOf({
    step: 'plain',
    surface: 'chat',
    streamed: false,
    credential: 'customer',
    promptTokens: prompt,
    maxCompletionTokens: completion,
  });
}

/** The middle of what is drawn; tokens. */
export function usualCallTokens(tokensPerMinute: number): { readonly prompt: number; readonly completion: number } {
  const { prompt, completion } = largestSizes(tokensPerMinute);
  return { prompt: Math.ceil((smallestPromptTokens + prompt) / 2), completion: Math.ceil((1 + completion) / 2) };
}

function largestSizes(tokensPerMinute: number): { readonly prompt: number; readonly completion: number } {
  const within = (share: number, least: number, most: number) =>
    Math.min(most, Math.max(least, Math.floor(share * tokensPerMinute)));
  return {
    prompt: within(promptShare, smallestPromptTokens, mostPromptTokens),
    completion: within(completionShare, 1, mostCompletionTokens),
  };
}

/** Both kinds where there is a share of both. */
function streamedOf(count: number, share: number): number {
  if (share <= 0 || count < 2) return share >= 1 ? count : 0;
  if (share >= 1) return count;
  return Math.min(count - 1, Math.max(1, Math.round(share * count)));
}
