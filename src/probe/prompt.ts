import { hash } from 'node:crypto';
import { commonWords } from './common-words';
import type { ProbeRequest } from './exchange';
import { seededRandomBits } from './seeded-random';

/** Tokens that OpenAI's chat format adds around one user message (role, separators, the primed answer). */
export const chatFrameTokens = 7;

/** Words at the start of a prompt that make it unlike any other: 2^30 openings. */
const openingWords = 3;

/** The smallest prompt that can be asked for: the frame and the words that make it unique. */
export const smallestPromptTokens = chatFrameTokens + openingWords;

/** The Responses API refuses a smaller `max_output_tokens`. */
const smallestResponsesCap = 16;

/**
 * Text of a prompt that costs `promptTokens` in OpenAI's tokenizers, chat frame included; never less than
 * `smallestPromptTokens`. The same `seedText` gives the same text, another one gives another text from the first
 * words on, so that no cache, exact or semantic, answers a probe in the model's place.
 */
export function makePrompt(promptTokens: number, seedText: string): string {
  const wordCount = Math.max(openingWords, Math.floor(promptTokens) - chatFrameTokens);
  const digest = hash('sha256', seedText, 'hex');
  const opening = Number.parseInt(digest.slice(0, 8), 16);
  const nextRandom = seededRandomBits(Number.parseInt(digest.slice(8, 16), 16));
  let text = '';
  for (let at = 0; at < wordCount; at += 1) {
    const index = at < openingWords ? (opening >>> (22 - 10 * at)) & 1023 : nextRandom() >>> 22;
    text += ` ${commonWords[index] ?? ''}`;
  }
  return text;
}

/**
 * Upper bound of what a prompt of `promptTokens` may be counted as, which is what a budget reserves. 1.25: models of
 * other makers split some words, and an estimator that takes four characters for a token reads up to 1.25 a word;
 * 8: other chat formats put more around a message (a default system message, a date).
 */
export function promptBoundTokens(promptTokens: number): number {
  return Math.ceil(1.25 * Math.max(smallestPromptTokens, promptTokens)) + 8;
}

/** The completion cap that a probe really sends: none for embeddings, at least 16 for responses. Tokens. */
export function completionCapOf(request: ProbeRequest): number {
  switch (request.surface) {
    case 'chat':
      return request.maxCompletionTokens;
    case 'responses':
      return Math.max(smallestResponsesCap, request.maxCompletionTokens);
    case 'embeddings':
      return 0;
    default: {
      const never: never = request.surface;
      return never;
    }
  }
}

/** Upper bound of what a probe can cost: its prompt's bound and its completion cap. Tokens. */
export function boundTokensOf(request: ProbeRequest): number {
  return promptBoundTokens(request.promptTokens) + completionCapOf(request);
}
