import { anEngine, ask, start } from './drive';

/**
 * What a real gateway of 100 tokens per minute answered to five calls with a pause of 15 s after each: seconds taken,
 * status, and consumed and remaining tokens or the message.
 */
const consumed = (seconds: number, tokens: number, remaining: number) => ({ seconds, tokens, remaining });
const refused = (seconds: number, wait: number) => ({ seconds, wait });
const runs = [
  [consumed(1.93, 59, 41), consumed(0.78, 55, 0), refused(0.4, 29), refused(0.35, 14), consumed(0.91, 55, 0)],
  [consumed(0.96, 54, 46), consumed(0.74, 59, 0), refused(0.24, 29), refused(0.23, 14), consumed(0.73, 54, 0)],
];

test.each([0, 1])('repeats recorded run %d to the second and the token', (run) => {
  const engine = anEngine();
  let nowMs = start;
  for (const recorded of runs[run] ?? []) {
    const takesMs = recorded.seconds * 1000;
    const answer = ask(engine, nowMs, { takesMs, ...('tokens' in recorded && { tokens: recorded.tokens }) });
    nowMs += takesMs + 15_000;
    if ('tokens' in recorded) {
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({
        'consumed-tokens': String(recorded.tokens),
        'remaining-tokens': String(recorded.remaining),
      });
    } else {
      expect(answer).toEqual({
        status: 429,
        headers: {
          'content-type': 'application/json',
          'Retry-After': String(recorded.wait),
          'remaining-tokens': '0',
        },
        body: `{"statusCode":429,"message":"Token limit is exceeded. Try again in ${recorded.wait} seconds."}`,
        chunks: null,
        reset: false,
      });
    }
  }
});
