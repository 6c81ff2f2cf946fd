import type { Clock } from '../../probe/clock';
import type { Declaration } from '../declaration';
import type { Pointer, Storage } from '../ports';
import type { AuditOrder, Report } from '../report';
import type { ChargeLedger } from './charge-ledger';
import type { BrokenAttempt, Checkpoint } from './checkpoint';
import { addChargesOf } from './counters-of-audit';
import { utcDayOf } from './day-budget';
import type { HeldLeases } from './hold-leases';
import { recordBroken } from './record-broken';
import { reservationIdOf } from './token-reserve';

const dayMs = 86_400_000;

/** An attempt that has begun: what broke off before it is recorded, and what it goes on from. */
export interface BegunRun {
  readonly pointer: Pointer;
  readonly resumed: Checkpoint | null;
  /** The audits of their own that broken attempts became. */
  readonly broken: readonly Report[];
}

export interface BeginPorts {
  readonly storage: Pick<Storage, 'history' | 'limits' | 'budgets'>;
  readonly ledger: ChargeLedger;
  readonly clock: Clock;
  /** On all that the audit must have to itself. */
  readonly held: Pick<HeldLeases, 'renew'>;
}

/**
 * Begins an attempt at an audit whose counter is leased, so that no other attempt is alive. One that had paused goes
 * on. One that was running has broken off: it is recorded with what it had kept, what it had set aside counts as spent
 * (nobody knows what it still sent), its charges are known to the ledger, and the audit starts afresh. Null where the
 * audit is done already. Broken off itself and begun again, it finds what is left to do.
 */
export async function beginRun(
  { order, declared }: { readonly order: AuditOrder; readonly declared: Declaration },
  ports: BeginPorts,
): Promise<BegunRun | null> {
  const { storage, clock, held } = ports;
  const pointer = await storage.history.beginAttempt(order.customerId, order.auditId, clock.nowMs());
  if (pointer === null) return null;
  const broken: Report[] = [];
  for (const attempt of pointer.broken ?? []) {
    broken.push(await recover(attempt, { order, declared }, ports));
    // One by one: who breaks off here again, or is too slow for its lease, leaves less to do to the next.
    await storage.history.forgetBroken(order, [attempt.attempt]);
    await held.renew();
  }
  const { checkpoint } = pointer;
  const resumed = checkpoint === undefined ? null : await storage.history.readCheckpoint(order, checkpoint);
  return { pointer, resumed, broken };
}

async function recover(
  { attempt, sinceMs, checkpoint }: BrokenAttempt,
  { order, declared }: { readonly order: AuditOrder; readonly declared: Declaration },
  { storage, ledger, clock }: BeginPorts,
): Promise<Report> {
  const { customerId, auditId } = order;
  const nothing = { startedMs: sinceMs, evidence: { exchanges: [], priorCharges: [], ledgerSinceMs: sinceMs } };
  const kept = checkpoint === undefined ? null : await storage.history.readCheckpoint(order, checkpoint);
  const report = await recordBroken({ order, declared, attempt, sinceMs, ...(kept ?? nothing) }, { storage, clock });
  await addChargesOf(declared, kept?.evidence.exchanges ?? [], ledger);
  for (const day of daysOf(sinceMs, clock.nowMs())) {
    await storage.budgets.settle({ day, customerId }, reservationIdOf(auditId, attempt), 'all');
  }
  return report;
}

/** No attempt lasts longer than a day. */
function daysOf(sinceMs: number, nowMs: number): readonly string[] {
  return [...new Set([utcDayOf(sinceMs), utcDayOf(Math.min(nowMs, sinceMs + dayMs))])];
}
