import { AuditorError } from '../auditor-error';
import type { Clock } from '../probe/clock';
import { boundTokensOf } from '../probe/prompt';
import { seedOf } from './audit-id';
import { chargesOn } from './charges';
import type { Check } from './check';
import { leftToday, secondsToNextDay } from './day-budget';
import type { Declaration } from './declaration';
import { unknownLimitStatus, withObservation } from './limit-status';
import { type OpenGateway, withGateway } from './open-gateway';
import type { LimitStatus, Storage } from './ports';

export interface RefreshSetting {
  readonly storage: Pick<Storage, 'limits' | 'open' | 'charges'>;
  readonly clock: Clock;
  readonly openGateway: OpenGateway;
  /** The check whose first probe is sent. */
  readonly check: Check;
  /** Ids of the customers who share the counter, the refreshed one among them. */
  readonly sharers: ReadonlySet<string>;
  readonly newId: () => string;
}

/**
 * Looks at a customer's limit with one probe, unless an audit is running on its counter: the probe would disturb that
 * audit, which will tell as much. The only probe that is sent outside an audit; its charge is kept like any other.
 * Throws `budget-spent` where today's budget does not pay for it.
 */
export async function refreshLimitStatus(
  declared: Declaration,
  setting: RefreshSetting,
): Promise<{ readonly status: LimitStatus | null; readonly refreshed: boolean }> {
  const { storage, clock, check, sharers } = setting;
  const { id, counter } = declared.customer;
  const [open, stored] = await Promise.all([storage.open.readAll(), storage.limits.read(id)]);
  if (open.some(({ customerId, state }) => state === 'running' && sharers.has(customerId))) {
    return { status: stored, refreshed: false };
  }
  const auditId = setting.newId();
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
  if (boundTokensOf(request) > leftToday(declared, stored, startedMs)) {
    throw new AuditorError('budget-spent', `What customer ${id}'s audits may spend today does not pay for a probe.`, {
      retryAfterSeconds: secondsToNextDay(startedMs),
    });
  }

  const exchange = await withGateway(setting.openGateway, declared, (send) =>
    send({ auditId, probe: 1, request, intendedMs: startedMs }),
  );
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
