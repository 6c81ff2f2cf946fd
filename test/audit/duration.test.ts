import { durationMs, parseDurationMs } from '../../src/audit/duration';

test.each([
  ['PT30S', 30_000],
  ['PT0.5S', 500],
  ['PT1M', 60_000],
  ['PT90M', 5_400_000],
  ['PT2H', 7_200_000],
  ['P1D', 86_400_000],
  ['P1DT2H3M4S', 93_784_000],
  ['PT0S', 0],
])('%s lasts %d ms', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms);
  expect(durationMs(text)).toBe(ms);
});

test.each([
  '',
  'P',
  'PT',
  'P1DT',
  'P1M',
  'P1Y',
  'P1W',
  '30',
  '30s',
  'PT30',
  'pt30s',
  '-PT30S',
  'PT1.5M',
  'PT1S1M',
  ' PT1S',
])('"%s" is no duration of a fixed length', (text) => {
  expect(parseDurationMs(text)).toBeNull();
  expect(() => durationMs(text)).toThrow(`"${text}" is no ISO 8601 duration such as PT30S.`);
});
