import fc from 'fast-check';
import { mayHide } from '../../src/probe/base64-scan';

const hidden = { printable: 8, words: 3, shortestWord: 3, longestWord: 4 };
const standard = (text: string) => Buffer.from(text, 'latin1').toString('base64');
const forUrls = (text: string) => Buffer.from(text, 'latin1').toString('base64url');

test.each([
  ['a key', standard('s3cret-k'), 0, true],
  ['a key behind other characters', `ab${standard('s3cret-k')}`, 2, true],
  ['a shorter key', standard('s3cret-'), 0, false],
  ['three words', standard('the sea was'), 0, true],
  ['three words at the end of something', forUrls('\u00ff\u00fe\u00fd one two six'), 0, true],
  ['two words', standard('the sea'), 0, false],
  ['three words of which one is too long', standard('the ocean was'), 0, false],
  ['an id', '5d1c6f2e-0000-4000-8000-000000000000', 0, false],
  ['a media type', 'application/json', 0, false],
])('%s', (_what, run, from, expected) => {
  expect(mayHide(run, from, hidden)).toBe(expected);
});

test('no key is overlooked, whatever stands around it, in either alphabet', () => {
  const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });
  fc.assert(
    fc.property(bytes, bytes, fc.constantFrom(standard, forUrls), (before, after, encode) => {
      expect(mayHide(encode(`${before}s3cret+k${after}`), 0, hidden)).toBe(true);
    }),
  );
});
