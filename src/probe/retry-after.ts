const dayMs = 86_400_000;
/** Longer than any countdown (a yearly quota); beyond it a value is taken for garbage. */
export const longestWaitMs = 400 * dayMs;

/** The three date forms of RFC 9110, section 5.6.7: IMF-fixdate, RFC 850, asctime. All of them are UTC. */
const httpDate =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]*day)?,? (?:\d{2}[ -][A-Z][a-z]{2}[ -]\d{2,4} [\d:]{8} GMT|[A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4})$/;

/**
 * The wait that a Retry-After header promises, in ms: seconds, or an HTTP date relative to the answer's own Date
 * header (one clock wrote both) or, without a readable one, to `nowMs`. Null where the value can't be read.
 */
export function retryAfterMsOf(
  value: string,
  at: { readonly date: string | null; readonly nowMs: number },
): number | null {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return plausible(Number(text) * 1000);
  const untilMs = httpDateMs(text);
  if (untilMs === null) return null;
  const fromMs = (at.date === null ? null : httpDateMs(at.date.trim())) ?? at.nowMs;
  return plausible(Math.max(0, untilMs - fromMs));
}

function httpDateMs(text: string): number | null {
  if (!httpDate.test(text)) return null;
  const ms = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isFinite(ms) ? ms : null;
}

function plausible(waitMs: number): number | null {
  return waitMs <= longestWaitMs ? Math.round(waitMs) : null;
}
