/**
 * The token limit of API Management by the rules that reproduce every recorded trace. Classic tiers count a sliding
 * window, v2 tiers fill a bucket that may go into debt; the wall-clock minute is what a home-made limit does. All
 * charge when the answer came, so a request passes as long as anything is left, whatever it will cost.
 */
export const limiterKinds = ['sliding-window', 'token-bucket', 'fixed-window'] as const;
export type LimiterKind = (typeof limiterKinds)[number];

/** Whole seconds, at least 1, of a refusal. */
export type Decision = { readonly admitted: true } | { readonly admitted: false; readonly retryAfterSeconds: number };

/** One counter. Times are epoch milliseconds and must not run backwards; tokens are whole. */
export interface Limiter {
  /** With an estimate, what the prompt is thought to cost must fit too. Changes nothing. */
  decide(nowMs: number, estimatedPromptTokens?: number): Decision;
  charge(nowMs: number, tokens: number): void;
  /** What a `remaining` header says: never below 0. */
  remaining(nowMs: number): number;
}

export interface LimiterOptions {
  readonly kind: LimiterKind;
  readonly tokensPerMinute: number;
}

const minuteMs = 60_000;

export function createLimiter({ kind, tokensPerMinute }: LimiterOptions): Limiter {
  switch (kind) {
    case 'sliding-window':
      return createSlidingWindow(tokensPerMinute);
    case 'token-bucket':
      return createTokenBucket(tokensPerMinute);
    case 'fixed-window':
      return createFixedWindow(tokensPerMinute);
    default: {
      const unknown: never = kind;
      throw new Error(`Unknown limiter kind ${String(unknown)}.`);
    }
  }
}

/** A log of the last 60 s. The promise names the end of the oldest entry, to the nearest second, as recorded runs do. */
function createSlidingWindow(tokensPerMinute: number): Limiter {
  let entries: { readonly atMs: number; readonly tokens: number }[] = [];
  let oldest = 0;
  let used = 0;
  const forget = (nowMs: number) => {
    for (let entry = entries[oldest]; entry && entry.atMs <= nowMs - minuteMs; entry = entries[oldest]) {
      used -= entry.tokens;
      oldest += 1;
    }
    if (oldest > 1000 && oldest * 2 > entries.length) {
      entries = entries.slice(oldest);
      oldest = 0;
    }
  };
  return {
    decide(nowMs, estimatedPromptTokens = 0) {
      forget(nowMs);
      if (used < tokensPerMinute && used + estimatedPromptTokens <= tokensPerMinute) return { admitted: true };
      const endsMs = (entries[oldest]?.atMs ?? nowMs) + minuteMs;
      return { admitted: false, retryAfterSeconds: atLeastOne(Math.round((endsMs - nowMs) / 1000)) };
    },
    charge(nowMs, tokens) {
      forget(nowMs);
      if (tokens === 0) return;
      entries.push({ atMs: nowMs, tokens });
      used += tokens;
    },
    remaining(nowMs) {
      forget(nowMs);
      return Math.max(0, tokensPerMinute - used);
    },
  };
}

/** Holds one minute's tokens, starts full, refills evenly; a charge may leave it in debt, which is paid off first. */
function createTokenBucket(tokensPerMinute: number): Limiter {
  let level = tokensPerMinute;
  let filledMs: number | null = null;
  const refill = (nowMs: number) => {
    const elapsedMs = Math.max(0, nowMs - (filledMs ?? nowMs));
    level = Math.min(tokensPerMinute, level + (elapsedMs * tokensPerMinute) / minuteMs);
    filledMs = nowMs;
  };
  return {
    decide(nowMs, estimatedPromptTokens = 0) {
      refill(nowMs);
      if (level > 0 && level >= estimatedPromptTokens) return { admitted: true };
      const missing = estimatedPromptTokens - level;
      return { admitted: false, retryAfterSeconds: atLeastOne(Math.ceil((missing * 60) / tokensPerMinute)) };
    },
    charge(nowMs, tokens) {
      refill(nowMs);
      level -= tokens;
    },
    remaining(nowMs) {
      refill(nowMs);
      return Math.max(0, Math.floor(level));
    },
  };
}

/** Starts afresh with every minute of the wall clock. */
function createFixedWindow(tokensPerMinute: number): Limiter {
  let minute = Number.NEGATIVE_INFINITY;
  let used = 0;
  const turn = (nowMs: number) => {
    const current = Math.floor(nowMs / minuteMs);
    if (current === minute) return;
    minute = current;
    used = 0;
  };
  return {
    decide(nowMs, estimatedPromptTokens = 0) {
      turn(nowMs);
      if (used < tokensPerMinute && used + estimatedPromptTokens <= tokensPerMinute) return { admitted: true };
      return { admitted: false, retryAfterSeconds: atLeastOne(Math.ceil(((minute + 1) * minuteMs - nowMs) / 1000)) };
    },
    charge(nowMs, tokens) {
      turn(nowMs);
      used += tokens;
    },
    remaining(nowMs) {
      turn(nowMs);
      return Math.max(0, tokensPerMinute - used);
    },
  };
}

function atLeastOne(seconds: number): number {
  return Math.max(1, seconds);
}
