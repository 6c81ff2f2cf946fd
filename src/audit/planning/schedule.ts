/*
 * Schedules follow the rules of the Functions host, which reads them with NCrontab, not those of Unix cron: six fields
 * (five: seconds are 0), Sunday is 0 and never 7, day of month AND day of week must both fit, `5/15` runs from 5 to the
 * end, a reversed range is swapped, names may be cut short, and there is no L, W, #, ? or @daily. So a field is read
 * here, by those rules, into the plain list of its values; croner only does the calendar.
 */
import { createHash } from 'node:crypto';
import { Cron } from 'croner';

interface Field {
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const fields: readonly Field[] = [
  { title: 'second', min: 0, max: 59 },
  { title: 'minute', min: 0, max: 59 },
  { title: 'hour', min: 0, max: 23 },
  { title: 'day of month', min: 1, max: 31 },
  {
    title: 'month',
    min: 1,
    max: 12,
    names: 'january february march april may june july august september october november december'.split(' '),
  },
  {
    title: 'day of week',
    min: 0,
    max: 6,
    names: 'sunday monday tuesday wednesday thursday friday saturday'.split(' '),
  },
];

const hourMs = 3_600_000;
const aMonday = Date.UTC(2024, 0, 1);
/** February 29 can be eight years away (2096 to 2104). */
const farthestDays = 8 * 366;

/** What is wrong with an NCRONTAB expression, as one sentence; null where the Functions host would accept it. */
export function validateNcrontab(text: string): string | null {
  const read = readFields(text);
  if (typeof read === 'string') return read;
  const next = cronOf(read).nextRun(new Date(aMonday));
  return next && next.getTime() - aMonday < farthestDays * 24 * hourMs ? null : 'no day ever fits this schedule';
}

/** The latest occurrence at or before `atMs` (epoch ms, UTC); null where there is none. Throws RangeError if invalid. */
export function previousOccurrence(schedule: string, atMs: number): number | null {
  // croner looks strictly before its reference, and in whole seconds.
  const reference = new Date(Math.floor(atMs / 1000) * 1000 + 1000);
  return parse(schedule).previousRuns(1, reference)[0]?.getTime() ?? null;
}

/** The earliest occurrence after `atMs` (epoch ms, UTC); null where there is none. Throws RangeError if invalid. */
export function nextOccurrence(schedule: string, atMs: number): number | null {
  return parse(schedule).nextRun(new Date(atMs))?.getTime() ?? null;
}

/**
 * By how long a customer's audits of one check come after the schedule's own times, so that customers do not all start
 * at once: the same for ever for one customer and check, evenly spread over the schedule's interval, but over no more
 * than an hour, so that "daily at three" stays between three and four.
 */
export function spreadOffsetMs(customerId: string, check: string, schedule: string): number {
  const first = nextOccurrence(schedule, aMonday);
  const second = first === null ? null : nextOccurrence(schedule, first);
  const spanMs = first === null || second === null ? hourMs : Math.min(hourMs, second - first);
  const share = createHash('sha256').update(`${customerId} ${check}`).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor((share * spanMs) / 1000) * 1000;
}

/** How often a schedule occurs: on its busiest day, and a day on average over four years (leap day included). */
export function occurrencesPerDay(schedule: string): { readonly busiest: number; readonly average: number } {
  const read = readFields(schedule);
  if (typeof read === 'string') throw new RangeError(`"${schedule}": ${read}.`);
  const busiest = read.slice(0, 3).reduce((product, values) => product * values.length, 1);
  return { busiest, average: busiest * shareOfDays(read.slice(3)) };
}

function shareOfDays([days = [], months = [], weekdays = []]: readonly (readonly number[])[]): number {
  // The usual schedules need no calendar; a configuration may have ten thousand of them.
  if (days.length === 31 && months.length === 12) return weekdays.length / 7;
  let fitting = 0;
  for (let day = 0; day < 1461; day++) {
    const date = new Date(aMonday + day * 24 * hourMs);
    const fits =
      days.includes(date.getUTCDate()) &&
      months.includes(date.getUTCMonth() + 1) &&
      weekdays.includes(date.getUTCDay());
    if (fits) fitting++;
  }
  return fitting / 1461;
}

function parse(schedule: string): Cron {
  const read = readFields(schedule);
  if (typeof read === 'string') throw new RangeError(`"${schedule}": ${read}.`);
  return cronOf(read);
}

function cronOf(values: readonly (readonly number[])[]): Cron {
  const pattern = values.map((list, index) => (isWhole(list, fields[index]) ? '*' : list.join(',')));
  return new Cron(pattern.join(' '), { paused: true, domAndDow: true, sloppyRanges: true, utcOffset: 0 });
}

function isWhole(list: readonly number[], field: Field | undefined): boolean {
  return field !== undefined && list.length === field.max - field.min + 1;
}

/** The values of each field, or what is wrong. The host splits at spaces only. */
function readFields(text: string): readonly (readonly number[])[] | string {
  const parts = text.split(' ').filter((part) => part !== '');
  if (parts.length !== 5 && parts.length !== 6) return `expected 6 fields (or 5, without seconds), not ${parts.length}`;
  const all = parts.length === 5 ? ['0', ...parts] : parts;
  const read = fields.map((field, index) => readField(all[index] ?? '', field));
  const wrong = read.find((values) => typeof values === 'string');
  return wrong ?? read.filter((values) => typeof values !== 'string');
}

function readField(text: string, field: Field): readonly number[] | string {
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const range = readItem(item, field);
    if (!range) return `"${text}" is no valid ${field.title} (${field.min} to ${field.max})`;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

function readItem(
  item: string,
  field: Field,
): { readonly from: number; readonly to: number; readonly step: number } | null {
  const parts = /^([^/]+?)(?:\/(\d+))?$/.exec(item);
  if (!parts?.[1]) return null;
  const step = Math.max(1, Number(parts[2] ?? 1));
  if (parts[1] === '*') return { from: field.min, to: field.max, step };
  const ends = parts[1].split('-').map((text) => readValue(text, field));
  const [first, last] = ends;
  if (ends.length > 2 || first === undefined || first === null || last === null) return null;
  if (last !== undefined) return { from: Math.min(first, last), to: Math.max(first, last), step };
  return { from: first, to: parts[2] === undefined ? first : field.max, step };
}

function readValue(text: string, field: Field): number | null {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    return value >= field.min && value <= field.max ? value : null;
  }
  const index = text === '' ? -1 : (field.names ?? []).findIndex((name) => name.startsWith(text.toLowerCase()));
  return index < 0 ? null : index + field.min;
}
