import type { Random } from '../../../simulator/random';
import type { Spec } from './a-case';
import { startMs } from './simulate-pool';

/** Pools that keep every promise, in all kinds of trouble: small or ill members, others' traffic, hidden failures. */
export function aHealthyPool(random: Random): Spec {
  const draw = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)] as Value;
  const failures = draw([1, 1, 2, 3]);
  const acceptRetryAfter = draw([true, false]);
  const instances = draw([1, 1, 2, 3]);
  const retries = draw([0, 0, 1]);
  const breaker = { failures, acceptRetryAfter, interval: 'PT1M', tripDuration: draw(['PT10S', 'PT30S']) };
  const limited = { tokensPerMinute: draw([1_000, 6_000, 30_000]), requestsPer10Seconds: draw([null, 20]), breaker };
  const ill = { failing: { status: draw([500, 503]), share: draw([0.05, 0.5, 1]) }, breaker };
  const isTiered = random() < 0.7;
  const balancing = draw(['smooth', 'block', 'random'] as const);
  return {
    isTiered,
    weights: draw([
      [1, 1],
      [2, 1],
      [1, 1, 1],
    ]),
    backends: { A: draw([limited, ill, { breaker }]), B: draw([{ breaker }, { breaker }, limited]), C: { breaker } },
    simulated: { balancing, instances, retries, trippingCall: draw(['pass', '503']) },
    declared: {
      failures,
      acceptRetryAfter,
      instances,
      retries,
      interval: breaker.interval,
      tripDuration: breaker.tripDuration,
    },
    settings: { provokeFailover: draw([true, false]) },
    others: foreignCalls(random, draw([0, 0, 0.05, 0.5, 5])),
  };
}

function foreignCalls(random: Random, perSecond: number) {
  const calls: { readonly atMs: number; readonly tokens: number }[] = [];
  for (let atMs = startMs; perSecond > 0 && atMs < startMs + 200_000; ) {
    atMs += (-Math.log(1 - random()) * 1_000) / perSecond;
    calls.push({ atMs, tokens: Math.round(20 + random() * 2_000) });
  }
  return calls;
}
