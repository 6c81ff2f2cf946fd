import { createQuota, type QuotaPeriod, quotaPeriodEnd } from '../../simulator/quota';
import { describeWait } from '../../simulator/refusal-text';

test.each<[QuotaPeriod, string, string]>([
  ['Hourly', '2026-03-04T10:59:59.999Z', '2026-03-04T11:00:00.000Z'],
  ['Daily', '2026-12-31T23:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['Weekly', '2026-03-01T12:00:00.000Z', '2026-03-02T00:00:00.000Z'],
  ['Weekly', '2026-03-02T00:00:00.000Z', '2026-03-09T00:00:00.000Z'],
  ['Monthly', '2024-02-29T23:59:59.000Z', '2024-03-01T00:00:00.000Z'],
  ['Yearly', '2026-06-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
])('%s: the period of %s ends at %s', (period, now, end) => {
  expect(new Date(quotaPeriodEnd(Date.parse(now), period)).toISOString()).toBe(end);
});

test('a quota admits until it is spent and starts afresh with its UTC period', () => {
  const quota = createQuota(1000, 'Hourly');
  const at = (time: string) => Date.parse(`2026-03-04T${time}Z`);
  quota.charge(at('10:10:00'), 999);
  expect(quota.decide(at('10:20:00'))).toEqual({ admitted: true });
  expect(quota.decide(at('10:20:00'), 2)).toEqual({ admitted: false, why: 'would-exceed', retryAfterSeconds: 2400 });
  quota.charge(at('10:21:00'), 50);
  expect(quota.remaining(at('10:30:00'))).toBe(0);
  expect(quota.decide(at('10:30:00'))).toEqual({ admitted: false, why: 'exceeded', retryAfterSeconds: 1800 });
  expect(quota.decide(at('11:00:00'))).toEqual({ admitted: true });
  expect(quota.remaining(at('11:00:00'))).toBe(1000);
});

test.each([
  [29, '29 seconds'],
  [60, '1 minutes and 0 seconds'],
  [1293, '21 minutes and 33 seconds'],
  [23 * 3600 + 1800, '23 hours'],
  [24 * 86_400 + 14 * 3600 + 59, '24 days, 14 hours'],
])('a wait of %d s is written as "%s"', (seconds, text) => {
  expect(describeWait(seconds)).toBe(text);
});
