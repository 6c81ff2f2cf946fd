import { type AnswerText, readModelAnswer } from '../../src/probe/model-answer';

const json = 'application/json';
const sse = 'text/event-stream; charset=utf-8';
const usage = { prompt: 10, completion: 5, total: 15 };
const chatUsage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
const responsesUsage = { input_tokens: 10, output_tokens: 5, total_tokens: 15 };

function read(text: string, asked: Partial<AnswerText> = {}) {
  return readModelAnswer({ surface: 'chat', streamed: false, contentType: json, text, ...asked });
}

/** Server-sent events as Azure OpenAI writes them. */
const events = (...data: unknown[]): string =>
  data.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`).join('');

const filterChunk = { choices: [], prompt_filter_results: [] };
const wordChunk = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }], usage: null };
const lastChunk = { choices: [{ index: 0, delta: {}, finish_reason: 'length' }], usage: null };
const usageChunk = { choices: [], usage: chatUsage };

test.each([
  { surface: 'chat' as const, body: { choices: [{}], usage: chatUsage }, read: usage },
  { surface: 'responses' as const, body: { output: [], usage: responsesUsage }, read: usage },
  {
    surface: 'embeddings' as const,
    body: { data: [{}], usage: { prompt_tokens: 10, total_tokens: 10 } },
    read: { prompt: 10, completion: 0, total: 10 },
  },
  { surface: 'chat' as const, body: { choices: [{}] }, read: null },
  { surface: 'chat' as const, body: { choices: [{}], usage: { prompt_tokens: 10 } }, read: null },
  { surface: 'chat' as const, body: { choices: [{}], usage: { ...chatUsage, prompt_tokens: -1 } }, read: null },
  { surface: 'chat' as const, body: { choices: [{}], usage: { ...chatUsage, total_tokens: 1.5 } }, read: null },
  { surface: 'chat' as const, body: { choices: [{}], usage: { ...chatUsage, total_tokens: '15' } }, read: null },
  { surface: 'chat' as const, body: { choices: [{}], usage: { ...chatUsage, completion_tokens: 1e300 } }, read: null },
])('$surface answer $body: usage $read', ({ surface, body, read: expected }) => {
  expect(read(JSON.stringify(body), { surface })).toEqual({ usage: expected, error: null });
});

test.each([
  { what: 'a page', text: '<html>Sign in</html>', kind: 'not-json', detail: 'the answer is not JSON' },
  { what: 'nothing', text: ' \n', kind: 'not-json', detail: 'the answer is empty' },
  { what: 'half an answer', text: '{"choices": [', kind: 'not-json', detail: 'the answer is not JSON' },
  { what: 'a million brackets', text: '['.repeat(1e6), kind: 'not-json', detail: 'the answer is not JSON' },
  { what: 'another object', text: '{"status":"ok"}', kind: 'protocol', detail: 'the answer has no list "choices"' },
  { what: 'a list', text: '[1]', kind: 'protocol', detail: 'the answer has no list "choices"' },
  { what: 'null', text: 'null', kind: 'protocol', detail: 'the answer has no list "choices"' },
  { what: 'a stream not asked for', text: events(lastChunk), kind: 'not-json', detail: 'the answer is not JSON' },
])('$what with a 200 is no usable answer: $kind', ({ text, kind, detail }) => {
  expect(read(text)).toEqual({ usage: null, error: { kind, detail } });
});

test.each([
  { what: 'as Azure OpenAI sends it', text: events(filterChunk, wordChunk, lastChunk, usageChunk, '[DONE]'), usage },
  { what: 'without usage', text: events(wordChunk, lastChunk, '[DONE]'), usage: null },
  { what: 'without [DONE]', text: events(wordChunk, lastChunk, usageChunk), usage },
  { what: 'without a finish reason', text: events(wordChunk, '[DONE]'), usage: null },
  {
    what: 'with CRLF, comments and other fields',
    text: `: hello\r\nevent: x\r\ndata:${JSON.stringify(lastChunk)}\r\n\r\ndata: ${JSON.stringify(usageChunk)}`,
    usage,
  },
  {
    what: 'with an event over two lines',
    text: `data: {"choices": [\ndata: {"finish_reason": "stop"}]}\n\n`,
    usage: null,
  },
])('reads a chat stream $what', ({ text, usage: expected }) => {
  expect(read(text, { streamed: true, contentType: sse })).toEqual({ usage: expected, error: null });
});

test.each(['response.completed', 'response.incomplete'])('reads a responses stream that ends with %s', (type) => {
  const text = events(
    { type: 'response.created', response: { usage: null } },
    { type, response: { usage: responsesUsage } },
  );
  expect(read(text, { surface: 'responses', streamed: true, contentType: sse })).toEqual({ usage, error: null });
});

test('accepts a plain answer where a stream was asked for', () => {
  expect(read(JSON.stringify({ choices: [{}], usage: chatUsage }), { streamed: true })).toEqual({ usage, error: null });
});

const endedEarly = { kind: 'protocol', detail: 'the stream ended before the answer was finished' };
const errorEvent = { kind: 'protocol', detail: 'an error event came within the stream' };
const notJson = { kind: 'not-json', detail: 'an event of the stream is not JSON' };

test.each([
  { what: 'breaks off between events', surface: 'chat' as const, text: events(wordChunk), error: endedEarly },
  { what: 'breaks off within an event', surface: 'chat' as const, text: 'data: {"choi', error: notJson },
  {
    what: 'carries an error event',
    surface: 'chat' as const,
    text: events(wordChunk, { error: { message: 'server had an error' } }),
    error: errorEvent,
  },
  {
    what: 'fails',
    surface: 'responses' as const,
    text: events({ type: 'response.failed', response: {} }),
    error: errorEvent,
  },
  {
    what: 'ends without its last event',
    surface: 'responses' as const,
    text: events({ type: 'response.created' }, '[DONE]'),
    error: endedEarly,
  },
  {
    what: 'is empty',
    surface: 'chat' as const,
    text: '',
    error: { kind: 'protocol', detail: 'the stream has no list "choices"' },
  },
  {
    what: 'has nothing but its end',
    surface: 'chat' as const,
    text: events('[DONE]'),
    error: { kind: 'protocol', detail: 'the stream has no list "choices"' },
  },
])('a $surface stream that $what is no usable answer', ({ surface, text, error }) => {
  expect(read(text, { surface, streamed: true, contentType: sse })).toEqual({ usage: null, error });
});
