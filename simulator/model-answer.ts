import type { ModelRequest } from './model-request';
import { fillCompletion } from './tokens';

/** What every answer of a model carries beside its text. `createdMs` is epoch milliseconds. */
export interface AnswerFrame {
  readonly id: string;
  readonly createdMs: number;
  readonly withUsage: boolean;
}

/** The JSON body of a 200. */
export function writeAnswer(asked: ModelRequest, frame: AnswerFrame): string {
  return JSON.stringify(answerOf(asked, frame));
}

/** The SSE chunks of a streamed 200, each ready to be written. */
export function writeChunks(asked: ModelRequest, frame: AnswerFrame): readonly string[] {
  return asked.surface === 'responses' ? writeResponseEvents(asked, frame) : writeChatChunks(asked, frame);
}

function answerOf(asked: ModelRequest, frame: AnswerFrame): object {
  const created = Math.floor(frame.createdMs / 1000);
  const text = fillCompletion(asked.completionTokens).join('');
  switch (asked.surface) {
    case 'chat':
      return {
        id: `chatcmpl-${frame.id}`,
        object: 'chat.completion',
        created,
        model: asked.deployment,
        choices: [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'length' }],
        ...(frame.withUsage && { usage: chatUsage(asked) }),
      };
    case 'responses':
      return {
        id: `resp_${frame.id}`,
        object: 'response',
        created_at: created,
        model: asked.deployment,
        status: 'incomplete',
        incomplete_details: { reason: 'max_output_tokens' },
        output: [
          {
            id: `msg_${frame.id}`,
            type: 'message',
            role: 'assistant',
            status: 'incomplete',
            content: [{ type: 'output_text', text, annotations: [] }],
          },
        ],
        ...(frame.withUsage && {
          usage: {
            input_tokens: asked.promptTokens,
            output_tokens: asked.completionTokens,
            total_tokens: asked.promptTokens + asked.completionTokens,
          },
        }),
      };
    case 'embeddings':
      return {
        object: 'list',
        model: asked.deployment,
        data: [{ object: 'embedding', index: 0, embedding: [0.1, -0.2, 0.3] }],
        ...(frame.withUsage && { usage: { prompt_tokens: asked.promptTokens, total_tokens: asked.promptTokens } }),
      };
    default: {
      const unknown: never = asked.surface;
      throw new Error(`Unknown surface ${String(unknown)}.`);
    }
  }
}

function chatUsage(asked: ModelRequest) {
  return {
    prompt_tokens: asked.promptTokens,
    completion_tokens: asked.completionTokens,
    total_tokens: asked.promptTokens + asked.completionTokens,
  };
}

function writeChatChunks(asked: ModelRequest, frame: AnswerFrame): readonly string[] {
  const wantsUsage = asked.includeUsage && frame.withUsage;
  const chunk = (choices: readonly object[], usage: object | null) =>
    toEvent({
      id: `chatcmpl-${frame.id}`,
      object: 'chat.completion.chunk',
      created: Math.floor(frame.createdMs / 1000),
      model: asked.deployment,
      choices,
      ...(wantsUsage && { usage }),
    });
  const delta = (content: object, finishReason: string | null) =>
    chunk([{ index: 0, delta: content, finish_reason: finishReason }], null);
  return [
    delta({ role: 'assistant', content: '' }, null),
    ...fillCompletion(asked.completionTokens).map((content) => delta({ content }, null)),
    delta({}, 'length'),
    ...(wantsUsage ? [chunk([], chatUsage(asked))] : []),
    'data: [DONE]\n\n',
  ];
}

function writeResponseEvents(asked: ModelRequest, frame: AnswerFrame): readonly string[] {
  const pieces = fillCompletion(asked.completionTokens).map((delta) =>
    toNamedEvent('response.output_text.delta', {
      item_id: `msg_${frame.id}`,
      output_index: 0,
      content_index: 0,
      delta,
    }),
  );
  return [...pieces, toNamedEvent('response.incomplete', { response: answerOf(asked, frame) })];
}

function toEvent(event: object): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}

function toNamedEvent(type: string, event: object): string {
  return `event: ${type}\n${toEvent({ type, ...event })}`;
}
