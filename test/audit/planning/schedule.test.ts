import fc from 'fast-check';
import {
  nextOccurrence,
  occurrencesPerDay,
  previousOccurrence,
  spreadOffsetMs,
  validateNcrontab,
} from '../../../src/audit/planning/schedule';

const sunday = Date.parse('2026-11-22T00:00:00Z');

describe('what the Functions host accepts and refuses', () => {
  test.each([
    '0 */15 * * * *',
    '*/15 * * * *',
    '0 0 3 * * Tu',
    '0 0 3 * * monday-FRI',
    '0 0 3 1 j *',
    '0 5/15 * * * *',
    '0 0 3 * * 5-1',
    '0 0,30 8-18/2 * * 1-5',
    '0 0 0 29 2 *',
    '  0  0 3 * * *  ',
    '*/0 * * * * *',
  ])('accepts "%s"', (text) => {
    expect(validateNcrontab(text)).toBeNull();
  });

  test.each([
    ['', 'expected 6 fields (or 5, without seconds), not 0'],
    ['* * * *', 'expected 6 fields (or 5, without seconds), not 4'],
    ['0 0 3 * * * 2026', 'expected 6 fields (or 5, without seconds), not 7'],
    ['@daily', 'expected 6 fields (or 5, without seconds), not 1'],
    ['0 0 3 * * 7', '"7" is no valid day of week (0 to 6)'],
    ['0 0 3 L * *', '"L" is no valid day of month (1 to 31)'],
    ['0 0 3 15W * *', '"15W" is no valid day of month (1 to 31)'],
    ['0 0 3 ? * *', '"?" is no valid day of month (1 to 31)'],
    ['0 0 3 * * 1#2', '"1#2" is no valid day of week (0 to 6)'],
    ['60 * * * * *', '"60" is no valid second (0 to 59)'],
    ['0 0 24 * * *', '"24" is no valid hour (0 to 23)'],
    ['0 0 3 0 * *', '"0" is no valid day of month (1 to 31)'],
    ['0 0 3 * 13 *', '"13" is no valid month (1 to 12)'],
    ['0 0 3 * * Xy', '"Xy" is no valid day of week (0 to 6)'],
    ['0 1,,2 * * * *', '"1,,2" is no valid minute (0 to 59)'],
    ['0 */x * * * *', '"*/x" is no valid minute (0 to 59)'],
    ['0 1-2-3 * * * *', '"1-2-3" is no valid minute (0 to 59)'],
    ['0 -5 * * * *', '"-5" is no valid minute (0 to 59)'],
    ['0 0 Mon * * *', '"Mon" is no valid hour (0 to 23)'],
    ['0 0 0 31 2 *', 'no day ever fits this schedule'],
  ])('refuses "%s"', (text, why) => {
    expect(validateNcrontab(text)).toBe(why);
  });
});

describe('occurrences', () => {
  test.each([
    ['0 */15 * * * *', '2026-11-22T00:15:00Z', 'an interval'],
    ['*/15 * * * *', '2026-11-22T00:15:00Z', 'five fields'],
    ['0 5/20 * * * *', '2026-11-22T00:05:00Z', 'from 5 to the end'],
    ['0 0 3 * * Tu', '2026-11-24T03:00:00Z', 'a name cut short'],
    ['0 0 3 13 * 5', '2027-08-13T03:00:00Z', 'day of month AND day of week'],
    ['0 0 3 * * 5-1', '2026-11-23T03:00:00Z', 'a reversed range is swapped: Monday to Friday'],
    ['0 0 0 29 2 *', '2028-02-29T00:00:00Z', 'a leap day'],
    ['0 0 0 1 1 *', '2027-01-01T00:00:00Z', 'a year ahead'],
  ])('the next of "%s" is at %s (%s)', (schedule, expected) => {
    expect(nextOccurrence(schedule, sunday)).toBe(Date.parse(expected));
  });

  test('the next is after, the previous at or before a moment', () => {
    const schedule = '0 0 3 * * *';
    const three = Date.parse('2026-11-22T03:00:00Z');
    const day = 86_400_000;
    const around = [-1, 0, 1, 999].map((ms) => [
      previousOccurrence(schedule, three + ms),
      nextOccurrence(schedule, three + ms),
    ]);
    expect(around).toEqual([
      [three - day, three],
      [three, three + day],
      [three, three + day],
      [three, three + day],
    ]);
  });

  test('a schedule that was never checked is refused by name', () => {
    expect(() => nextOccurrence('0 0 3 * * 7', sunday)).toThrow('"0 0 3 * * 7": "7" is no valid day of week (0 to 6).');
  });

  test('next and previous are what a reading of the rules, second by second, says', () => {
    fc.assert(
      fc.property(anExpression(), fc.integer({ min: 0, max: 366 * 86_400 }), (expression, second) => {
        const atMs = sunday + second * 1000;
        const text = expression.join(' ');
        expect({ text, next: nextOccurrence(text, atMs), previous: previousOccurrence(text, atMs) }).toEqual({
          text,
          next: searchFrom(expression, atMs + 1000, 1000),
          previous: searchFrom(expression, atMs, -1000),
        });
      }),
      { numRuns: 300 },
    );
  });
});

test.each([
  ['0 */15 * * * *', { busiest: 96, average: 96 }],
  ['0 0 3 * * *', { busiest: 1, average: 1 }],
  ['0 0 3 * * 0', { busiest: 1, average: 1 / 7 }],
  ['0 0 3 1 1 *', { busiest: 1, average: 4 / 1461 }],
  ['0 0,30 3 * * 1-5', { busiest: 2, average: 10 / 7 }],
])('"%s" occurs %o times a day', (schedule, expected) => {
  expect(occurrencesPerDay(schedule)).toEqual(expected);
});

describe('the spread over customers', () => {
  const ids = Array.from({ length: 2000 }, (_, index) => `customer-${index}`);

  test('is the same each time and differs by customer and check', () => {
    const offsets = [
      spreadOffsetMs('contoso', 'access', '0 0 3 * * *'),
      spreadOffsetMs('contoso', 'usage', '0 0 3 * * *'),
      spreadOffsetMs('northwind', 'access', '0 0 3 * * *'),
    ];
    expect(new Set(offsets).size).toBe(3);
    expect(spreadOffsetMs('contoso', 'access', '0 0 3 * * *')).toBe(offsets[0]);
  });

  test.each([
    ['0 */15 * * * *', 15],
    ['0 0 3 * * *', 60],
    ['0 0 3 * * 0', 60],
  ])('of "%s" is even over %d minutes, in whole seconds', (schedule, minutes) => {
    const offsets = ids.map((id) => spreadOffsetMs(id, 'access', schedule));
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const offset of offsets) {
      const tenth = Math.floor((offset / (minutes * 60_000)) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths.length).toBe(10);
    expect(Math.min(...tenths)).toBeGreaterThan(150);
    expect(Math.max(...tenths)).toBeLessThan(250);
    expect(offsets.every((offset) => offset % 1000 === 0)).toBe(true);
  });
});

const bounds = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

function anExpression(): fc.Arbitrary<readonly string[]> {
  const item = ([min, max]: readonly [number, number]) => {
    const value = fc.integer({ min, max });
    const step = fc.integer({ min: 1, max: 20 });
    return fc.oneof(
      value.map(String),
      fc.tuple(value, value).map(([a, b]) => `${a}-${b}`),
      fc.tuple(value, value, step).map(([a, b, by]) => `${a}-${b}/${by}`),
      fc.tuple(value, step).map(([from, by]) => `${from}/${by}`),
      step.map((by) => `*/${by}`),
      fc.constant('*'),
    );
  };
  const field = (range: readonly [number, number]) =>
    fc.array(item(range), { minLength: 1, maxLength: 2 }).map((items) => items.join(','));
  const days = fc.oneof(field([1, 28]), fc.constant('*'));
  const [seconds, minutes, hours] = [field(bounds[0]), field(bounds[1]), field(bounds[2])];
  return fc.tuple(seconds, minutes, hours, days, field(bounds[4]), field(bounds[5]));
}

/** Reads the rules anew, with no list of values: does a field's text let this value through? */
function lets(text: string, value: number, [min, max]: readonly [number, number]): boolean {
  return text.split(',').some((item) => {
    const [base = '', by] = item.split('/');
    const ends = base.split('-').map(Number);
    const [from = 0, to = 0] =
      base === '*' ? [min, max] : ends.length === 2 ? ends.toSorted((a, b) => a - b) : [ends[0], by ? max : ends[0]];
    return value >= from && value <= to && (value - from) % Number(by ?? 1) === 0;
  });
}

/** Steps from a moment, over whole days and hours where nothing in them can fit. */
function searchFrom(expression: readonly string[], atMs: number, stepMs: 1000 | -1000): number {
  const fits = (index: number, value: number) => lets(expression[index] ?? '', value, bounds[index] ?? [0, 0]);
  for (let ms = atMs; ; ms += stepMs) {
    const date = new Date(ms);
    const isDay = fits(3, date.getUTCDate()) && fits(4, date.getUTCMonth() + 1) && fits(5, date.getUTCDay());
    if (!isDay) ms = edge(ms, 86_400_000, stepMs);
    else if (!fits(2, date.getUTCHours())) ms = edge(ms, 3_600_000, stepMs);
    else if (!fits(1, date.getUTCMinutes())) ms = edge(ms, 60_000, stepMs);
    else if (fits(0, date.getUTCSeconds())) return ms;
  }
}

/** The last second of the unit in the direction of the search. */
function edge(ms: number, unitMs: number, stepMs: number): number {
  const start = Math.floor(ms / unitMs) * unitMs;
  return stepMs > 0 ? start + unitMs - 1000 : start;
}
