import type { Exchange, ProbeRequest } from '../../probe/exchange';
import { smallestPromptTokens } from '../../probe/prompt';
import { completionCap, smallestProbe } from '../../probe/smallest-probe';
import { isAnswered } from './ledger';

/**
 * Probes that together cost `tokens`, sent at once: one, or as many as the largest prompt allows, or as many as are
 * wanted together and can be had for that. Sized by what the probes so far really cost. Never smaller than the smallest
 * probe.
 */
export function probesOf(step: string, tokens: number, context: SizeContext): readonly ProbeRequest[] {
  const { offset, scale } = costOf(context.exchanges);
  const largest = context.maxPromptTokens;
  const needed = Math.max(1, Math.ceil((tokens - completionCap) / (largest + completionCap)));
  const smallest = smallestPromptTokens * scale + offset + completionCap;
  const count = Math.max(needed, Math.min(context.together ?? 1, Math.floor(tokens / smallest)));
  const promptTokens = Math.floor((tokens / count - completionCap - offset) / scale);
  const bounded = Math.min(largest, Math.max(smallestPromptTokens, promptTokens));
  return Array.from({ length: count }, () => ({ ...smallestProbe(step), promptTokens: bounded }));
}

export interface SizeContext {
  readonly exchanges: readonly Exchange[];
  readonly maxPromptTokens: number;
  /** How many are wanted at once; one where absent. */
  readonly together?: number;
}

/** How a prompt's reported size follows from the size asked: the chat frame differs by model, words may be two tokens. */
function costOf(exchanges: readonly Exchange[]): { readonly offset: number; readonly scale: number } {
  const reported = exchanges.filter((exchange) => isAnswered(exchange) && exchange.usage !== null);
  const bySize = reported.toSorted((a, b) => a.asked.promptTokens - b.asked.promptTokens);
  const small = bySize[0];
  const large = bySize.at(-1);
  if (small?.usage == null || large?.usage == null) return { offset: 0, scale: 1 };
  const offset = small.usage.prompt - small.asked.promptTokens;
  if (large.asked.promptTokens < 10 * small.asked.promptTokens) return { offset, scale: 1 };
  return { offset, scale: (large.usage.prompt - offset) / large.asked.promptTokens };
}
