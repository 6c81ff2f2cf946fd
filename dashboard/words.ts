const units: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
];

/** How long ago or in how long: "3 minutes ago", "in 20 seconds". */
export function whenOf(moment: string, nowMs: number): string {
  const deltaMs = Date.parse(moment) - nowMs;
  const [unit, size] = units.find(([, ms]) => Math.abs(deltaMs) >= ms) ?? ['second', 1000];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(deltaMs / size), unit);
}

/** "22 Nov 2026, 17:03:11 UTC". */
export function momentText(moment: string): string {
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium', timeZone: 'UTC' });
  return `${text.format(new Date(moment))} UTC`;
}

export function count(value: number): string {
  return new Intl.NumberFormat('en').format(value);
}

/** "1 probe", "2 probes". */
export function countOf(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
