const form = /^P(?=[\dT])(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * An ISO 8601 duration of days, hours, minutes and seconds ("PT30S", "P1DT12H") in milliseconds; null where the text
 * is none. Years, months and weeks are no fixed or no usual lengths and are refused.
 */
export function parseDurationMs(text: string): number | null {
  const parts = form.exec(text);
  if (!parts) return null;
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000);
}

/** The same for a text that the configuration's schema has let through. Throws RangeError for any other. */
export function durationMs(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new RangeError(`"${text}" is no ISO 8601 duration such as PT30S.`);
  return ms;
}
