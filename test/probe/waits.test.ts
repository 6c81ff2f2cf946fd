import { messageWaitOf } from '../../src/probe/message-wait';
import { retryAfterMsOf } from '../../src/probe/retry-after';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

test.each([
  { value: '29', waitMs: 29_000 },
  { value: ' 0 ', waitMs: 0 },
  { value: '1.5', waitMs: 1500 },
  { value: '86400', waitMs: 86_400_000 },
  { value: 'Sun, 01 Mar 2026 12:00:41 GMT', waitMs: 41_000 },
  { value: 'Sunday, 01-Mar-26 12:00:41 GMT', waitMs: 41_000 },
  { value: 'Sun Mar  1 12:00:41 2026', waitMs: 41_000 },
  { value: 'Sun, 01 Mar 2026 11:00:00 GMT', waitMs: 0 },
  { value: 'Sun, 01 Mar 2036 12:00:00 GMT', waitMs: null },
  { value: '-5', waitMs: null },
  { value: '', waitMs: null },
  { value: 'soon', waitMs: null },
  { value: 'NaN', waitMs: null },
  { value: '1e3', waitMs: null },
  { value: '99999999999999999999', waitMs: null },
  { value: '2026-03-01T12:00:41Z', waitMs: null },
  { value: 'Sun, 99 Mar 2026 12:00:41 GMT', waitMs: null },
])('Retry-After "$value" promises $waitMs ms', ({ value, waitMs }) => {
  expect(retryAfterMsOf(value, { date: null, nowMs })).toBe(waitMs);
});

test('a date counts from the Date header of the same answer, whatever our clock says', () => {
  const value = 'Sun, 01 Mar 2026 12:00:41 GMT';
  expect(retryAfterMsOf(value, { date: 'Sun, 01 Mar 2026 12:00:31 GMT', nowMs })).toBe(10_000);
  expect(retryAfterMsOf(value, { date: 'garbage', nowMs })).toBe(41_000);
});

test.each([
  { message: 'Token limit is exceeded. Try again in 29 seconds.', waitMs: 29_000, unitMs: 1000 },
  { message: 'Token limit is exceeded. Try again in 1 second.', waitMs: 1000, unitMs: 1000 },
  { message: 'Token quota is exceeded. Try again in 21 minutes and 33 seconds.', waitMs: 1_293_000, unitMs: 1000 },
  { message: 'Token quota is exceeded. Try again in 24 days, 14 hours', waitMs: 2_124_000_000, unitMs: 3_600_000 },
  { message: 'Token quota will exceed. Try again in 23 hours', waitMs: 82_800_000, unitMs: 3_600_000 },
  { message: 'Try again in 1 hour, 2 minutes, and 3 seconds.', waitMs: 3_723_000, unitMs: 1000 },
  { message: 'Please retry after 86400 seconds.', waitMs: 86_400_000, unitMs: 1000 },
])('"$message" names $waitMs ms, to $unitMs ms', ({ message, waitMs, unitMs }) => {
  expect(messageWaitOf(message)).toEqual({ waitMs, unitMs });
});

test.each([
  'Token limit is exceeded.',
  'Try again in a while.',
  'It took 29 seconds.',
  'Try again in 999999999 days.',
  'Try again in 401 days.',
  'Try again in -5 seconds.',
  'Try again in NaN seconds.',
  '',
])('"%s" names none', (message) => {
  expect(messageWaitOf(message)).toBeNull();
});
