/**
 * How long, as API Management's messages say it: "24 days, 14 hours", "21 minutes and 33 seconds", "41 seconds" were
 * recorded as such, "23 hours" once and not word for word. Smaller units are cut off, not rounded.
 */
export function describeWait(seconds: number): string {
  const [days, hours, minutes] = [86_400, 3_600, 60].map((unit) => Math.floor(seconds / unit)) as [
    number,
    number,
    number,
  ];
  if (days > 0) return `${days} days, ${hours % 24} hours`;
  if (hours > 0) return `${hours} hours`;
  if (minutes > 0) return `${minutes} minutes and ${seconds % 60} seconds`;
  return `${seconds} seconds`;
}

/** A refusal of API Management itself: `statusCode` and `message` at the top, no `error` object. */
export function gatewayBody(statusCode: number, message: string): string {
  return JSON.stringify({ statusCode, message });
}

export const missingKeyMessage =
  'Access denied due to missing subscription key. Make sure to include subscription key when making requests to this API.';
export const invalidKeyMessage =
  'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.';

/** `waitSeconds` null: a prompt that can never fit the minute is refused without a time. */
export function tokenLimitMessage(waitSeconds: number | null): string {
  return waitSeconds === null
    ? 'Token limit is exceeded.'
    : `Token limit is exceeded. Try again in ${describeWait(waitSeconds)}.`;
}

export function tokenQuotaMessage(why: 'exceeded' | 'would-exceed', waitSeconds: number): string {
  const what = why === 'exceeded' ? 'is exceeded' : 'will exceed the limit with this request';
  return `Token quota ${what}. Try again in ${describeWait(waitSeconds)}.`;
}
