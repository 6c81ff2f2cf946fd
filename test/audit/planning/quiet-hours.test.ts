import { isQuiet } from '../../../src/audit/planning/quiet-hours';

test.each([
  ['08:00-10:00Z', '07:59', false],
  ['08:00-10:00Z', '08:00', true],
  ['08:00-10:00Z', '09:59', true],
  ['08:00-10:00Z', '10:00', false],
  ['22:00-06:00Z', '21:59', false],
  ['22:00-06:00Z', '23:30', true],
  ['22:00-06:00Z', '05:59', true],
  ['22:00-06:00Z', '06:00', false],
  ['08:00-08:00Z', '08:00', false],
])('%s at %s: quiet is %s', (span, time, expected) => {
  expect(isQuiet([span], Date.parse(`2026-01-05T${time}:30Z`))).toBe(expected);
});

test('any of several spans will do, and none is never', () => {
  const nowMs = Date.UTC(2026, 0, 5, 12, 30);
  expect(isQuiet(['01:00-02:00Z', '12:00-13:00Z'], nowMs)).toBe(true);
  expect(isQuiet([], nowMs)).toBe(false);
});
