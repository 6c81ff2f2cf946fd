import type { CustomerBehaviour } from './behaviour';
import { createLimiter, type Limiter } from './limiter';
import { createQuota, type Quota } from './quota';

/** What one counter key is counted on: a limiter per unsynchronised counter, and one quota. */
export interface Counter {
  readonly quota: Quota | null;
  /** The limiter of this turn, caught up with foreign traffic; ask again before each charge. */
  limiterFor(nowMs: number, turn: number): Limiter;
}

/** Older foreign traffic has left every kind of limiter, or was refused by it. */
const longestCatchUpMs = 120_000;
const foreignTickMs = 1_000;

export function createCounter(behaviour: CustomerBehaviour): Counter {
  const { limiter: kind, tokensPerMinute, counters, quota } = behaviour;
  const limiters = Array.from({ length: counters }, () => createLimiter({ kind, tokensPerMinute }));
  const perTick = ((behaviour.foreignTokensPerMinute / 60_000) * foreignTickMs) / counters;
  let tickedMs: number | null = null;
  let owed = 0;
  const catchUp = (nowMs: number) => {
    tickedMs = Math.max(tickedMs ?? 0, nowMs - longestCatchUpMs);
    while (tickedMs + foreignTickMs <= nowMs) {
      tickedMs += foreignTickMs;
      owed += perTick;
      const whole = Math.floor(owed);
      owed -= whole;
      for (const limiter of limiters) if (limiter.decide(tickedMs).admitted) limiter.charge(tickedMs, whole);
    }
  };
  return {
    quota: quota && createQuota(quota.tokens, quota.period),
    limiterFor(nowMs, turn) {
      if (perTick > 0) catchUp(nowMs);
      const limiter = limiters[turn % limiters.length];
      if (!limiter) throw new Error('A counter has at least one limiter.');
      return limiter;
    },
  };
}
