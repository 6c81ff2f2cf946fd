import { type BodyPart, noteParts, streamTimesOf } from '../../src/probe/stream-times';

const words = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
const role = `data: {"choices":[{"delta":{"role":"assistant","content":""}}]}\n\n`;
const end = `data: {"choices":[],"usage":{"prompt_tokens":10}}\n\ndata: [DONE]\n\n`;

/** Pieces of a body as they came, 10 ms apart from 100 on. */
function comesAs(pieces: readonly string[]): { readonly text: string; readonly parts: readonly BodyPart[] } {
  const endsAt = (index: number) => pieces.slice(0, index + 1).join('').length;
  return {
    text: pieces.join(''),
    parts: pieces.map((_, index) => ({ endsAt: endsAt(index), atMs: 100 + 10 * index })),
  };
}

test.each([
  ['an event a part', [role, words('one'), words('two'), end], { firstMs: 110, lastMs: 120, events: 2 }],
  [
    'several events in one part came at one moment',
    [role + words('one') + words('two'), words('three') + end],
    { firstMs: 100, lastMs: 110, events: 3 },
  ],
  [
    'an event over two parts came with the second',
    [role, words('one').slice(0, 20), words('one').slice(20), end],
    { firstMs: 120, lastMs: 120, events: 1 },
  ],
  [
    'an event is whole only with its blank line',
    [words('one').slice(0, -1), `\n${words('two')}`],
    { firstMs: 110, lastMs: 110, events: 2 },
  ],
  [
    'line ends of carriage return and line feed, cut between the two',
    [words('one').replaceAll('\n', '\r\n').slice(0, -1), '\n', words('two')],
    { firstMs: 110, lastMs: 120, events: 2 },
  ],
  [
    'comments and other fields are no events',
    [': waiting\n\n', `event: x\nid: 1\n${words('one')}`],
    { firstMs: 110, lastMs: 110, events: 1 },
  ],
  [
    'an event that nothing ends came with the last part',
    [role, words('one').trimEnd()],
    { firstMs: 110, lastMs: 110, events: 1 },
  ],
  [
    'deltas of the Responses API',
    [
      'data: {"type":"response.created"}\n\n',
      'data: {"type":"response.output_text.delta","delta":"one"}\n\n',
      'data: {"type":"response.completed"}\n\n',
    ],
    { firstMs: 110, lastMs: 110, events: 1 },
  ],
  [
    'a tool call is words too',
    ['data: {"choices":[{"delta":{"tool_calls":[{}]}}]}\n\n'],
    { firstMs: 100, lastMs: 100, events: 1 },
  ],
  ['a stream without words has no times', [role, end], null],
  ['what is no JSON has no words', ['data: nonsense\n\n'], null],
])('%s', (_name, pieces, times) => {
  const { text, parts } = comesAs(pieces);
  expect(streamTimesOf(text, parts)).toEqual(times);
});

test('parts of one moment are one entry, and a body of single bytes keeps no more than 20,000', () => {
  const sameMoment = noteParts();
  sameMoment.add({ endsAt: 1, atMs: 5 });
  sameMoment.add({ endsAt: 9, atMs: 5 });
  sameMoment.add({ endsAt: 12, atMs: 6 });
  expect(sameMoment.list()).toEqual([
    { endsAt: 9, atMs: 5 },
    { endsAt: 12, atMs: 6 },
  ]);

  const many = noteParts();
  for (let byte = 1; byte <= 30_000; byte += 1) many.add({ endsAt: byte, atMs: byte });
  expect([many.list().length, many.list().at(-1)]).toEqual([20_000, { endsAt: 30_000, atMs: 30_000 }]);
});
