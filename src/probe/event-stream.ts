import type { ExchangeErrorKind, Surface, TokenUsage } from './exchange';
import { fieldOf, parseJson } from './json-value';
import { tokenUsageOf } from './token-usage';

/** The events with which the Responses API ends a stream that went well. */
const responsesEnds: readonly unknown[] = ['response.completed', 'response.incomplete'];

/**
 * What a streamed answer says, from its server-sent events (WHATWG HTML, section 9.2). Usage stands in the last chunk
 * that has one: chat sends it after the choices when asked to include it, responses in its last event. Not usable: an
 * event that is not JSON, an error event within the 200, an end before the model had finished.
 */
export function readEventStream(
  surface: Surface,
  text: string,
): {
  readonly usage: TokenUsage | null;
  readonly error: { readonly kind: ExchangeErrorKind; readonly detail: string } | null;
} {
  let usage: TokenUsage | null = null;
  let answered = surface !== 'chat';
  let finished = false;
  for (const { data } of eventsOf(text)) {
    if (data === '[DONE]') {
      finished ||= surface === 'chat';
      continue;
    }
    const event = parseJson(data);
    if (event === undefined) return broken('not-json', 'an event of the stream is not JSON');
    if (isError(event)) return broken('protocol', 'an error event came within the stream');
    usage = tokenUsageOf(fieldOf(event, 'usage') ?? fieldOf(fieldOf(event, 'response'), 'usage')) ?? usage;
    answered ||= Array.isArray(fieldOf(event, 'choices'));
    finished ||= surface === 'chat' ? hasFinishReason(event) : responsesEnds.includes(fieldOf(event, 'type'));
  }
  if (!answered) return broken('protocol', 'the stream has no list "choices"');
  return finished ? { usage, error: null } : broken('protocol', 'the stream ended before the answer was finished');

  function broken(kind: ExchangeErrorKind, detail: string) {
    return { usage, error: { kind, detail } };
  }
}

/** An event's data, and where it was complete: the index behind the line that ends it. */
export interface StreamEvent {
  readonly data: string;
  readonly endsAt: number;
}

/** The events that carry data, an unterminated last one included; other fields and comments say nothing here. */
export function eventsOf(text: string): readonly StreamEvent[] {
  const events: StreamEvent[] = [];
  let data: string[] = [];
  const lines = /([^\r\n]*)(\r\n|\r|\n|$)/y;
  while (lines.lastIndex < text.length || data.length > 0) {
    const line = lines.exec(text)?.[1] ?? '';
    if (line.startsWith('data:')) data.push(line.slice('data:'.length).trim());
    if (line !== '' || data.length === 0) continue;
    events.push({ data: data.join('\n'), endsAt: lines.lastIndex });
    data = [];
  }
  return events;
}

function isError(event: unknown): boolean {
  const type = fieldOf(event, 'type');
  const error = fieldOf(event, 'error');
  return type === 'error' || type === 'response.failed' || (error !== undefined && error !== null);
}

function hasFinishReason(event: unknown): boolean {
  const choices = fieldOf(event, 'choices');
  return Array.isArray(choices) && choices.some((choice) => typeof fieldOf(choice, 'finish_reason') === 'string');
}
