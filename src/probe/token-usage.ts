import type { TokenUsage } from './exchange';
import { fieldOf } from './json-value';

/**
 * Tokens as a model reports them in its `usage` object: `prompt_tokens`/`completion_tokens` (chat),
 * `input_tokens`/`output_tokens` (responses), `prompt_tokens` alone (embeddings). Null where it can't be read.
 */
export function tokenUsageOf(usage: unknown): TokenUsage | null {
  const prompt = tokensOf(fieldOf(usage, 'prompt_tokens') ?? fieldOf(usage, 'input_tokens'));
  const saidCompletion = fieldOf(usage, 'completion_tokens') ?? fieldOf(usage, 'output_tokens');
  const saidTotal = fieldOf(usage, 'total_tokens');
  if (prompt === null || (saidCompletion === undefined && saidTotal === undefined)) return null;
  const completion = tokensOf(saidCompletion ?? Number(saidTotal) - prompt);
  if (completion === null) return null;
  const total = tokensOf(saidTotal ?? prompt + completion);
  return total === null ? null : { prompt, completion, total };
}

/** No model reads or writes as much in one answer (the largest context windows hold 10 million); more is garbage. */
const mostTokens = 100_000_000;

function tokensOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostTokens ? value : null;
}
