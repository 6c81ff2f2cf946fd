import type { Exchange } from '../../probe/exchange';
import { isAnswered } from '../token-limit/ledger';
import type { Neighbour, Scene } from './scene';

/** Clocks, networks and rounding to whole seconds may part two promises of one counter by this much; ms. */
const promiseSlackMs = 2_000;
/** Promises that all name the same wait say nothing of a counter: they must have counted down by this much. */
const leastCountdownMs = 2_000;
/** A neighbour on the same counter is refused, and let in again, within this of the audited customer; ms. */
const edgeMs = 6_000;

/**
 * A neighbour whose key others may use is refused by what they used as well. What they cannot do is to be refused and
 * let in again at the same moments as the audited customer, and to be promised the same end of the wait each time.
 */
export function showsOneCounter({ probes }: Neighbour, { firstRefusal, back }: Scene): boolean {
  const refused = probes.filter(({ moment, outcome }) => moment === 'during' && outcome === 'token-limit');
  const waits = refused.map(({ exchange }) => waitOf(exchange)).filter((wait) => wait !== null);
  const areTogether = refused.every(({ exchange, beside }) => {
    const [own, other] = [beside === null ? null : endOf(beside), endOf(exchange)];
    return own !== null && other !== null && Math.abs(own - other) <= promiseSlackMs;
  });
  if (!areTogether || Math.max(...waits) - Math.min(...waits) < leastCountdownMs) return false;
  const admitted = probes.map(({ exchange }) => exchange).filter(isAnswered);
  if (firstRefusal === null || back === null) return false;
  const lastIn = admitted.findLast(({ sentMs }) => sentMs <= firstRefusal.sentMs);
  const inAgain = admitted.find(({ sentMs }) => sentMs >= firstRefusal.receivedMs);
  if (lastIn === undefined || inAgain === undefined) return false;
  return firstRefusal.sentMs - lastIn.sentMs <= edgeMs && Math.abs(inAgain.sentMs - back.sentMs) <= edgeMs;
}

function waitOf({ retryAfterMs, messageWait }: Exchange): number | null {
  return retryAfterMs ?? messageWait?.waitMs ?? null;
}

function endOf(exchange: Exchange): number | null {
  const wait = waitOf(exchange);
  return wait === null ? null : exchange.receivedMs + wait;
}
