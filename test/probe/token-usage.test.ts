import { tokenUsageOf } from '../../src/probe/token-usage';

test.each<{ usage: unknown; reads: unknown }>([
  {
    usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 },
    reads: { prompt: 20, completion: 5, total: 25 },
  },
  { usage: { input_tokens: 20, output_tokens: 5 }, reads: { prompt: 20, completion: 5, total: 25 } },
  { usage: { prompt_tokens: 20, total_tokens: 20 }, reads: { prompt: 20, completion: 0, total: 20 } },
  { usage: { prompt_tokens: 20 }, reads: null },
  { usage: { prompt_tokens: -20, completion_tokens: 5, total_tokens: -15 }, reads: null },
  { usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: 1e308 }, reads: null },
  { usage: { prompt_tokens: 20, completion_tokens: 5, total_tokens: Number.MAX_SAFE_INTEGER }, reads: null },
  { usage: { prompt_tokens: 20.5, completion_tokens: 5, total_tokens: 25.5 }, reads: null },
  { usage: { prompt_tokens: '20', completion_tokens: 5, total_tokens: 25 }, reads: null },
  { usage: { prompt_tokens: null, completion_tokens: null, total_tokens: null }, reads: null },
  { usage: [20, 5, 25], reads: null },
  { usage: 'NaN', reads: null },
  { usage: undefined, reads: null },
])('$usage', ({ usage, reads }) => {
  expect(tokenUsageOf(usage)).toEqual(reads);
});
