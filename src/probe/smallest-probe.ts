import type { ProbeRequest } from './exchange';
import { smallestPromptTokens } from './prompt';

/** One token is enough to see that a model answered. */
export const completionCap = 1;

/** The cheapest probe there is: some eleven tokens, on the chat API, with the customer's own key. */
export function smallestProbe(step: string): ProbeRequest {
  return {
    step,
    surface: 'chat',
    streamed: false,
    credential: 'customer',
    promptTokens: smallestPromptTokens,
    maxCompletionTokens: completionCap,
  };
}
