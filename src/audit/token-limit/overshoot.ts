import type { BurstEstimate } from '../report';
import { sum } from './bounds';
import { isAnswered, isTokenLimitRefusal, type LedgerCharge, minuteMs } from './ledger';
import type { View } from './view';

/**
 * What the gateway let through beyond its limit: a charge lands when the model has answered, so whoever asks before that
 * is let in as well. By design, so nobody is blamed for it; it is the larger, the more callers ask at once.
 */
export interface Overshoot {
  /** The most that was surely used beyond the limit at any time, under the kind of limiter that leaves the least. */
  readonly tokens: number;
  /** The largest group of probes that was sent at once while something was left and ended beyond the limit. */
  readonly burst: BurstEstimate | null;
}

/** `limit`: what the counters let through together, as far as it is known; tokens per minute. */
export function overshootOf(view: View, limit: number): Overshoot {
  const { ledger } = view;
  const landed = ledger.charges.filter((charge) => charge.low > 0);
  const own = ledger.admissions.map(({ charge }) => charge.toMs);
  const ends = own.map((atMs) => ({ atMs, tokens: beyond(view, { landed, atMs, limit }) }));
  const most = ends.reduce((best, end) => (end.tokens > best.tokens ? end : best), { atMs: 0, tokens: 0 });
  return { tokens: Math.round(most.tokens), burst: most.tokens > 0 ? burstAt(view, most.atMs) : null };
}

interface Moment {
  readonly landed: readonly LedgerCharge[];
  readonly atMs: number;
  readonly limit: number;
}

function beyond(view: View, { landed, atMs, limit }: Moment): number {
  const readings = view.possible.length > 0 ? view.possible : view.all;
  const charges = landed.filter(({ toMs }) => toMs <= atMs);
  const excesses = readings.map(({ kind }) => {
    switch (kind) {
      case 'sliding-window':
        return usedSince(charges, atMs - minuteMs) - limit;
      case 'fixed-window':
        return usedSince(charges, Math.floor(atMs / minuteMs) * minuteMs) - limit;
      case 'token-bucket':
        // Since the start that leaves the most: what was full then has been refilled ever since.
        return Math.max(
          ...charges.map(({ fromMs }) => usedSince(charges, fromMs) - limit * (1 + (atMs - fromMs) / minuteMs)),
        );
      default:
        return kind satisfies never;
    }
  });
  return Math.max(0, Math.min(...excesses));
}

function usedSince(charges: readonly LedgerCharge[], fromMs: number): number {
  return sum(charges.filter((charge) => charge.fromMs >= fromMs).map(({ low }) => low));
}

/** The probes that were sent together with the one whose charge landed then. */
function burstAt({ ledger, evidence }: View, atMs: number): BurstEstimate | null {
  const last = ledger.admissions.find(({ charge }) => charge.toMs === atMs);
  if (last === undefined) return null;
  const group = evidence.exchanges.filter(({ intendedMs }) => intendedMs === last.exchange.intendedMs);
  const admitted = group.filter(isAnswered);
  return {
    probes: group.length,
    admitted: admitted.length,
    refused: group.filter(isTokenLimitRefusal).length,
    tokens: sum(admitted.map(({ usage }) => usage?.total ?? 0)),
  };
}
