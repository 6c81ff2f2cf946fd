import type { Charge } from '../check';
import type { CounterCharges, LastCharge } from '../ports';

/** What is known of our own charges on a counter: those in `priorCharges` are all since `ledgerSinceMs` (epoch ms). */
export interface KnownCharges {
  readonly priorCharges: readonly Charge[];
  readonly ledgerSinceMs: number;
}

/** Our own charges by counter: this process knows its own one by one, of all others only the last. */
export interface ChargeLedger {
  before(counter: string): Promise<KnownCharges>;
  /** Adds what an audit charged, and tells other processes of the last. */
  add(counter: string, charges: readonly Charge[]): Promise<void>;
}

export function createChargeLedger(stored: CounterCharges): ChargeLedger {
  const known = new Map<string, KnownCharges>();

  async function before(counter: string): Promise<KnownCharges> {
    const now = known.get(counter) ?? { priorCharges: [], ledgerSinceMs: 0 };
    const updated = withLast(now, await stored.last(counter));
    known.set(counter, updated);
    return updated;
  }

  async function add(counter: string, charges: readonly Charge[]): Promise<void> {
    const last = charges.at(-1);
    if (last === undefined) return;
    const { priorCharges, ledgerSinceMs } = known.get(counter) ?? (await before(counter));
    await stored.record(counter, { atMs: last.receivedMs, tokens: last.tokens });
    known.set(counter, { priorCharges: [...priorCharges, ...charges], ledgerSinceMs });
  }

  return { before, add };
}

/** A last charge that is newer than ours is another process's; nothing is known of what came just before it. */
function withLast(known: KnownCharges, last: LastCharge | null): KnownCharges {
  const newestMs = known.priorCharges.at(-1)?.receivedMs ?? Number.NEGATIVE_INFINITY;
  if (last === null || last.atMs <= newestMs) return known;
  const { atMs, tokens } = last;
  return {
    priorCharges: [...known.priorCharges, { sentMs: atMs, receivedMs: atMs, tokens }],
    ledgerSinceMs: atMs,
  };
}
