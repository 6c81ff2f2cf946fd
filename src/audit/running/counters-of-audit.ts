import type { Exchange } from '../../probe/exchange';
import { chargesOn } from '../charges';
import type { Declaration } from '../declaration';
import type { ChargeLedger, KnownCharges } from './charge-ledger';

/**
 * What is known of our own charges on every counter that an audit uses: its customer's, unnamed, and those of the
 * neighbours whose keys it shows, each charge with its counter's name. Complete since the latest of their moments.
 */
export async function knownChargesOf(declared: Declaration, ledger: ChargeLedger): Promise<KnownCharges> {
  const own = await ledger.before(declared.customer.counter);
  const others = await Promise.all(
    otherCountersOf(declared).map(async (counter) => {
      const { priorCharges, ledgerSinceMs } = await ledger.before(counter);
      return { priorCharges: priorCharges.map((charge) => ({ ...charge, counter })), ledgerSinceMs };
    }),
  );
  if (others.length === 0) return own;
  const all = [own, ...others];
  return {
    priorCharges: all.flatMap(({ priorCharges }) => priorCharges).toSorted((a, b) => a.receivedMs - b.receivedMs),
    ledgerSinceMs: Math.max(...all.map(({ ledgerSinceMs }) => ledgerSinceMs)),
  };
}

/** Tells the ledger what an audit's exchanges charged, each on the counter of the customer whose key was shown. */
export async function addChargesOf(
  declared: Declaration,
  exchanges: readonly Exchange[],
  ledger: ChargeLedger,
): Promise<void> {
  const { customer, neighbours = [] } = declared;
  for (const { id, counter } of [customer, ...neighbours]) {
    await ledger.add(counter, chargesOn(id, customer.id, exchanges));
  }
}

function otherCountersOf({ customer, neighbours = [] }: Declaration): readonly string[] {
  const counters = neighbours.map(({ counter }) => counter).filter((counter) => counter !== customer.counter);
  return [...new Set(counters)];
}
