import { readEventStream } from './event-stream';
import type { ExchangeErrorKind, Surface, TokenUsage } from './exchange';
import { fieldOf, parseJson } from './json-value';
import { tokenUsageOf } from './token-usage';

/** A 2xx answer as text, and what had been asked. */
export interface AnswerText {
  readonly surface: Surface;
  readonly streamed: boolean;
  readonly contentType: string | null;
  readonly text: string;
}

export interface ModelAnswer {
  readonly usage: TokenUsage | null;
  readonly error: { readonly kind: ExchangeErrorKind; readonly detail: string } | null;
}

/** The field that an answer of each API must hold, a list. */
const answerField: Readonly<Record<Surface, string>> = { chat: 'choices', responses: 'output', embeddings: 'data' };

/**
 * What a model's answer says: its usage, or why it is not usable. A portal page, an empty body and a stream that
 * breaks off come with a 200 too.
 */
export function readModelAnswer(answer: AnswerText): ModelAnswer {
  const isEventStream = (answer.contentType ?? '').toLowerCase().includes('text/event-stream');
  if (answer.streamed && isEventStream) return readEventStream(answer.surface, answer.text);
  const json = parseJson(answer.text);
  if (json === undefined) {
    return unusable('not-json', answer.text.trim() === '' ? 'the answer is empty' : 'the answer is not JSON');
  }
  const field = answerField[answer.surface];
  if (!Array.isArray(fieldOf(json, field))) return unusable('protocol', `the answer has no list "${field}"`);
  return { usage: tokenUsageOf(fieldOf(json, 'usage')), error: null };
}

function unusable(kind: ExchangeErrorKind, detail: string): ModelAnswer {
  return { usage: null, error: { kind, detail } };
}
