import { commonWords } from '../../src/probe/common-words';
import type { ProbeRequest } from '../../src/probe/exchange';
import { boundTokensOf, makePrompt, promptBoundTokens, smallestPromptTokens } from '../../src/probe/prompt';

const wordsOf = (prompt: string): string[] => prompt.split(' ').slice(1);

const aRequest: ProbeRequest = {
  step: 'first',
  surface: 'chat',
  streamed: false,
  credential: 'customer',
  promptTokens: 10,
  maxCompletionTokens: 5,
};

test('there are 1,024 different words, none longer than four letters', () => {
  expect(new Set(commonWords).size).toBe(1024);
  expect(commonWords.filter((word) => !/^[a-z]{3,4}$/.test(word))).toEqual([]);
});

test.each([
  { asked: 32_000, words: 31_993 },
  { asked: 100, words: 93 },
  { asked: smallestPromptTokens, words: 3 },
  { asked: 0, words: 3 },
])('a prompt of $asked tokens has $words words, each after one space', ({ asked, words }) => {
  const prompt = makePrompt(asked, 'audit/1');
  expect(wordsOf(prompt)).toHaveLength(words);
  expect(wordsOf(prompt).every((word) => commonWords.includes(word))).toBe(true);
});

test('the same seed gives the same prompt', () => {
  expect(makePrompt(500, 'audit/1')).toBe(makePrompt(500, 'audit/1'));
});

test('a thousand probes of an audit open with different words and go on with different ones', () => {
  const prompts = Array.from({ length: 1000 }, (_, probe) => wordsOf(makePrompt(30, `audit/${probe}`)));
  expect(new Set(prompts.map((words) => words.slice(0, 3).join(' '))).size).toBe(1000);
  expect(new Set(prompts.map((words) => words.slice(3).join(' '))).size).toBe(1000);
});

test('every word is used', () => {
  const used = new Set(wordsOf(makePrompt(32_000, 'audit/1')));
  expect(used.size).toBe(1024);
});

test('the bound covers an estimator that takes four characters for a token', () => {
  for (const promptTokens of [10, 50, 1000, 32_000]) {
    const prompt = makePrompt(promptTokens, 'audit/1');
    expect(prompt.length / 4 + 7).toBeLessThanOrEqual(promptBoundTokens(promptTokens));
  }
});

test.each([
  { surface: 'chat' as const, maxCompletionTokens: 5, bound: 26 },
  { surface: 'responses' as const, maxCompletionTokens: 5, bound: 37 },
  { surface: 'responses' as const, maxCompletionTokens: 100, bound: 121 },
  { surface: 'embeddings' as const, maxCompletionTokens: 5, bound: 21 },
])('a probe of $surface capped at $maxCompletionTokens can cost $bound tokens', ({ bound, ...request }) => {
  expect(boundTokensOf({ ...aRequest, ...request })).toBe(bound);
});
