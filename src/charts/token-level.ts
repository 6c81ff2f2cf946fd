import type { LimiterKind } from '../audit/declaration';

/** Tokens that were charged, and when; epoch ms. */
export interface TimedTokens {
  readonly atMs: number;
  readonly tokens: number;
}

const minuteMs = 60_000;

/**
 * How much of a token limit is in use over time, right before and right after each charge. A token bucket of the
 * promised size gets back `tokensPerMinute` steadily; any other limiter holds what was charged in the last 60 seconds.
 * Points are in order of time and end at `untilMs`.
 */
export function tokenLevels(
  charges: readonly TimedTokens[],
  limiter: { readonly kind: LimiterKind | 'unknown'; readonly tokensPerMinute: number },
  untilMs: number,
): readonly TimedTokens[] {
  const sorted = charges.filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
  return limiter.kind === 'token-bucket'
    ? bucketLevels(sorted, limiter.tokensPerMinute, untilMs)
    : windowLevels(sorted, untilMs);
}

function windowLevels(charges: readonly TimedTokens[], untilMs: number): readonly TimedTokens[] {
  const ends = charges.map(({ atMs, tokens }) => ({ atMs: atMs + minuteMs, tokens: -tokens }));
  const changes = [...charges, ...ends].filter(({ atMs }) => atMs <= untilMs).toSorted((a, b) => a.atMs - b.atMs);
  const points: TimedTokens[] = [];
  let level = 0;
  for (const { atMs, tokens } of changes) {
    points.push({ atMs, tokens: level });
    level += tokens;
    points.push({ atMs, tokens: level });
  }
  return [...points, { atMs: untilMs, tokens: level }];
}

function bucketLevels(
  charges: readonly TimedTokens[],
  tokensPerMinute: number,
  untilMs: number,
): readonly TimedTokens[] {
  const points: TimedTokens[] = [];
  let level = 0;
  let lastMs = charges[0]?.atMs ?? untilMs;
  const passTo = (atMs: number): void => {
    const emptyAtMs = lastMs + (level * minuteMs) / tokensPerMinute;
    if (level > 0 && emptyAtMs < atMs) points.push({ atMs: emptyAtMs, tokens: 0 });
    level = Math.max(0, level - ((atMs - lastMs) * tokensPerMinute) / minuteMs);
    lastMs = atMs;
    points.push({ atMs, tokens: level });
  };
  for (const { atMs, tokens } of charges) {
    passTo(atMs);
    level += tokens;
    points.push({ atMs, tokens: level });
  }
  passTo(untilMs);
  return points;
}
