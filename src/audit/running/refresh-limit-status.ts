import { AuditorError } from '../../auditor-error';
import type { Clock } from '../../probe/clock';
import { boundTokensOf } from '../../probe/prompt';
import { seedOf } from '../audit-id';
import { chargesOn, costOf } from '../charges';
import type { Check } from '../check';
import type { Declaration } from '../declaration';
import { unknownLimitStatus, withObservation } from '../limit-status';
import type { LimitStatus, Storage } from '../ports';
import { secondsToNextDay } from './day-budget';
import { holdLeases } from './hold-leases';
import { type OpenGateway, withGateway } from './open-gateway';
import { budgetLimitsOf } from './run-recorded-audit';
import { createTokenReserve, reservationIdOf } from './token-reserve';

export interface RefreshSetting {
  readonly storage: Pick<Storage, 'limits' | 'charges' | 'leases' | 'budgets'>;
  readonly clock: Clock;
  readonly openGateway: OpenGateway;
  /** The check whose first probe is sent. */
  readonly check: Check;
  /** Tokens a day of the whole service; absent: no limit. */
  readonly serviceTokensPerDay?: number | undefined;
  readonly newId: () => string;
}

/**
 * Looks at a customer's limit with one probe, unless its counter is leased: the probe would disturb the audit that
 * runs on it, which will tell as much. The only probe that is sent outside an audit; its charge is kept like any other.
 * Throws `budget-spent` where today's budget does not pay for it.
 */
export async function refreshLimitStatus(
  declared: Declaration,
  setting: RefreshSetting,
): Promise<{ readonly status: LimitStatus | null; readonly refreshed: boolean }> {
  const { storage, clock } = setting;
  const stored = await storage.limits.read(declared.customer.id);
  const keys = [`counter ${declared.customer.counter}`];
  const auditId = setting.newId();
  const held = await holdLeases(keys, { leases: storage.leases, clock, owner: auditId });
  if (held === null) return { status: stored, refreshed: false };
  try {
    const answer = await probeOnce(declared, { stored, auditId }, setting);
    await held.release();
    return answer;
  } catch (error) {
    // Nothing was sent. After any other trouble the lease runs out by itself: what was charged may not be known.
    if (error instanceof AuditorError && error.code === 'budget-spent') await held.release();
    throw error;
  }
}

async function probeOnce(
  declared: Declaration,
  { stored, auditId }: { readonly stored: LimitStatus | null; readonly auditId: string },
  setting: RefreshSetting,
): Promise<{ readonly status: LimitStatus | null; readonly refreshed: boolean }> {
  const { storage, clock, check } = setting;
  const { id, counter } = declared.customer;
  const startedMs = clock.nowMs();
  const step = check.next({
    declared,
    startedMs,
    nowMs: startedMs,
    exchanges: [],
    inFlight: 0,
    priorCharges: [],
    ledgerSinceMs: 0,
    seed: seedOf(auditId),
  });
  const request = step.do === 'send' ? step.probes[0] : undefined;
  if (request === undefined) return { status: stored, refreshed: false };
  const limits = budgetLimitsOf(declared, setting);
  const reserve = createTokenReserve({
    budgets: storage.budgets,
    clock,
    customerId: id,
    reservationId: reservationIdOf(auditId, 1),
    limits,
    chunkTokens: 0,
  });
  if ((await reserve.raiseTo(boundTokensOf(request))) < boundTokensOf(request)) {
    throw new AuditorError('budget-spent', `What customer ${id}'s audits may spend today does not pay for a probe.`, {
      retryAfterSeconds: secondsToNextDay(startedMs),
    });
  }

  const exchange = await withGateway(setting.openGateway, declared, (send) =>
    send({ auditId, probe: 1, request, intendedMs: startedMs }),
  );
  await reserve.settle(costOf(exchange));
  const charge = chargesOn(id, id, [exchange])[0];
  if (charge !== undefined) {
    await storage.charges.record(counter, { atMs: charge.receivedMs, tokens: charge.tokens });
  }
  const seen = { exchanges: [exchange], atMs: clock.nowMs() };
  const status = await storage.limits.update(id, (current) =>
    withObservation(current ?? unknownLimitStatus(declared.customer), seen),
  );
  return { status, refreshed: true };
}
