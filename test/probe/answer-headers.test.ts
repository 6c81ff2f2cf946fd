import { chooseHeaders, firstBytes, singleHeader, tokenCountHeader } from '../../src/probe/answer-headers';

const declared = {
  consumedTokens: 'Consumed-Tokens',
  remainingTokens: 'remaining-tokens',
  remainingQuotaTokens: null,
  retryAfter: 'x-wait',
  backend: 'x-ms-region',
};

test.each([
  { value: '59', tokens: 59 },
  { value: ' 0 ', tokens: 0 },
  { value: '999999999999999', tokens: 999_999_999_999_999 },
  { value: '9999999999999999', tokens: null },
  { value: '-1', tokens: null },
  { value: '1.5', tokens: null },
  { value: '1e3', tokens: null },
  { value: 'NaN', tokens: null },
  { value: 'Infinity', tokens: null },
  { value: '', tokens: null },
  { value: '54, 54', tokens: null },
  { value: ['54', '54'], tokens: null },
  { value: undefined, tokens: null },
])('a header of $value is read as $tokens tokens', ({ value, tokens }) => {
  expect(tokenCountHeader({ 'remaining-tokens': value }, 'Remaining-Tokens')).toBe(tokens);
});

test('a header that is declared as not sent is not read', () => {
  expect(tokenCountHeader({ null: '5' }, null)).toBeNull();
  expect(singleHeader({ '': 'x' }, null)).toBeNull();
});

test('keeps the declared headers and those that explain an answer, and no cookie', () => {
  const headers = {
    'set-cookie': ['SessionId=1', 'b=2'],
    server: 'x',
    date: 'Sun, 01 Mar 2026 12:00:00 GMT',
    'retry-after-ms': '5',
    'x-ratelimit-limit-tokens': '1000',
    'consumed-tokens': '5',
    'x-wait': ['1', '2'],
    'x-ms-region': 'East US',
  };
  expect(chooseHeaders(headers, { ...declared, backend: 'set-cookie' })).toEqual({
    'consumed-tokens': '5',
    'x-wait': '1, 2',
    'retry-after-ms': '5',
    'x-ms-region': 'East US',
    'x-ratelimit-limit-tokens': '1000',
    date: 'Sun, 01 Mar 2026 12:00:00 GMT',
  });
});

test('keeps at most 2 KB, the declared headers first', () => {
  const flood = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`x-ratelimit-${at}`, 'é'.repeat(5000)]));
  const kept = chooseHeaders({ ...flood, 'remaining-tokens': '7' }, declared);
  const bytes = Object.entries(kept).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  expect(bytes).toBeLessThanOrEqual(2048);
  expect(bytes).toBeGreaterThan(1700);
  expect(kept['remaining-tokens']).toBe('7');
});

test.each([
  { text: 'abc', bytes: 2, cut: 'ab' },
  { text: 'aé', bytes: 2, cut: 'a' },
  { text: 'a😀', bytes: 4, cut: 'a' },
  { text: 'é', bytes: 2, cut: 'é' },
])('the first $bytes bytes of $text are $cut', ({ text, bytes, cut }) => {
  expect(firstBytes(text, bytes)).toBe(cut);
});
