/** Whether a moment lies in one of the daily spans of UTC hours, such as `22:00-06:00Z`; its end is not in it. */
export function isQuiet(quietHours: readonly string[], nowMs: number): boolean {
  const now = new Date(nowMs).toISOString().slice(11, 16);
  return quietHours.some((span) => {
    const from = span.slice(0, 5);
    const until = span.slice(6, 11);
    return from <= until ? from <= now && now < until : from <= now || now < until;
  });
}

const minuteMs = 60_000;

/** Whether any minute from one moment to another, both included, lies in a quiet span. */
export function wasQuiet(
  quietHours: readonly string[],
  span: { readonly fromMs: number; readonly toMs: number },
): boolean {
  if (quietHours.length === 0) return false;
  for (let atMs = span.fromMs; atMs < span.toMs; atMs += minuteMs) if (isQuiet(quietHours, atMs)) return true;
  return isQuiet(quietHours, span.toMs);
}
