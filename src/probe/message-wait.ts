import { longestWaitMs } from './retry-after';

const unitMsByName: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** "Try again in …" is the gateway's wording, "retry after …" the model's; then a list of numbers with units. */
const countdown =
  /(?:try again in|retry after)\s+((?:\d{1,9}\s+(?:second|minute|hour|day)s?)(?:(?:,\s*|\s+and\s+|,\s*and\s+|\s+)\d{1,9}\s+(?:second|minute|hour|day)s?)*)/i;

/**
 * The wait that a refusal's message names and the smallest unit that it prints, both in ms: "29 seconds",
 * "21 minutes and 33 seconds", "24 days, 14 hours". Null where it names none that a countdown can have.
 */
export function messageWaitOf(message: string): { readonly waitMs: number; readonly unitMs: number } | null {
  const list = countdown.exec(message)?.[1];
  if (list === undefined) return null;
  const parts = [...list.matchAll(/(\d+)\s+([a-z]+?)s?(?![a-z])/gi)].map(([, count, unit]) => {
    const unitMs = unitMsByName[(unit ?? '').toLowerCase()] ?? 0;
    return { waitMs: Number(count) * unitMs, unitMs };
  });
  const waitMs = parts.reduce((sum, part) => sum + part.waitMs, 0);
  return waitMs <= longestWaitMs ? { waitMs, unitMs: Math.min(...parts.map((part) => part.unitMs)) } : null;
}
