import type { Exchange } from '../../probe/exchange';
import type { MeterWindow } from '../meter-reading';

export const minuteMs = 60_000;

/** What is looked up in the meter: the minutes of the plain calls, those of the streamed ones. */
export interface Windows {
  readonly plain: MeterWindow | null;
  readonly streamed: MeterWindow | null;
}

/**
 * The whole minutes in which calls were made, with a quiet minute on both sides: what a meter books a little early or
 * late still falls into them. The minute between plain and streamed calls counts for the plain ones, since meters
 * are rather late than early.
 */
export function windowsOf(exchanges: readonly Exchange[]): Windows {
  const plain = spanOf(exchanges.filter(({ asked }) => !asked.streamed));
  const streamed = spanOf(exchanges.filter(({ asked }) => asked.streamed));
  if (plain === null || streamed === null) return { plain, streamed };
  return { plain, streamed: { ...streamed, fromMs: Math.max(streamed.fromMs, plain.toMs) } };
}

export function floorMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

export function ceilMinute(ms: number): number {
  return Math.ceil(ms / minuteMs) * minuteMs;
}

function spanOf(exchanges: readonly Exchange[]): MeterWindow | null {
  if (exchanges.length === 0) return null;
  const firstMs = Math.min(...exchanges.map(({ sentMs }) => sentMs));
  const lastMs = Math.max(...exchanges.map(({ receivedMs }) => receivedMs));
  return { fromMs: floorMinute(firstMs) - minuteMs, toMs: ceilMinute(lastMs) + minuteMs };
}
