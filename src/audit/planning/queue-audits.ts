import { type CheckMap, inRunningOrder } from '../checks';
import type { CheckName } from '../declaration';
import type { OpenAudit, Storage } from '../ports';
import type { AuditOrder, Trigger } from '../report';
import { createSlots } from '../running/exclusive';

/** An audit that somebody wants: the schedule, a caller of the HTTP API, or the command line. */
export interface AuditRequest {
  readonly customerId: string;
  readonly gatewayId: string;
  readonly check: CheckName;
  /** When it was to be run; epoch ms. */
  readonly scheduledMs: number;
}

export interface Reservation {
  readonly claimed: readonly AuditOrder[];
  /** The audits that stand in the way of the others: that check is queued or running for that customer. */
  readonly refused: readonly OpenAudit[];
}

export interface QueueSetting {
  readonly storage: Pick<Storage, 'history' | 'open' | 'jobs'>;
  readonly checks: CheckMap;
  readonly trigger: Trigger;
  readonly nowMs: number;
  readonly newId: () => string;
}

/**
 * Queues audits: pointer row, then the customer's claim on that check, then one message a customer with all that were
 * claimed. A crash between two of them leaves a row that says so, never a message without one.
 */
export async function queueAudits(requests: readonly AuditRequest[], setting: QueueSetting): Promise<Reservation> {
  return claimAudits(requests, setting, (audits) => {
    const customerId = audits[0].customerId;
    return setting.storage.jobs.send({ customerId, audits: inRunningOrder(audits, setting.checks) });
  });
}

/** Of many that are due in the same minute: one after the other, 1,000 would take a minute of waiting for storage. */
const customersAtOnce = 16;

/** Pointer row and claim of each audit, customers side by side; `onClaimed` gets those that a customer got. */
export async function claimAudits(
  requests: readonly AuditRequest[],
  setting: Omit<QueueSetting, 'checks'>,
  onClaimed: (audits: readonly [AuditOrder, ...AuditOrder[]]) => Promise<void> = async () => {},
): Promise<Reservation> {
  if (requests.length === 0) return { claimed: [], refused: [] };
  const taken = new Map((await setting.storage.open.readAll()).map((open) => [keyOf(open), open]));
  const inSlot = createSlots(customersAtOnce);
  const reservations = await Promise.all(
    groupByCustomer(requests).map((wanted) => inSlot(() => claimOfCustomer(wanted, { ...setting, taken, onClaimed }))),
  );
  return {
    claimed: reservations.flatMap(({ claimed }) => claimed),
    refused: reservations.flatMap(({ refused }) => refused),
  };
}

interface ClaimSetting extends Omit<QueueSetting, 'checks'> {
  readonly taken: ReadonlyMap<string, OpenAudit>;
  readonly onClaimed: (audits: readonly [AuditOrder, ...AuditOrder[]]) => Promise<void>;
}

async function claimOfCustomer(wanted: readonly AuditRequest[], setting: ClaimSetting): Promise<Reservation> {
  const claimed: AuditOrder[] = [];
  const refused: OpenAudit[] = [];
  for (const request of wanted) {
    const claim = setting.taken.get(keyOf(request)) ?? (await claimAudit(request, setting));
    if ('order' in claim) claimed.push(claim.order);
    else refused.push(claim);
  }
  const [first, ...others] = claimed;
  if (first !== undefined) await setting.onClaimed([first, ...others]);
  return { claimed, refused };
}

async function claimAudit(
  { customerId, gatewayId, check, scheduledMs }: AuditRequest,
  { storage, trigger, nowMs, newId }: Omit<QueueSetting, 'checks'>,
): Promise<{ readonly order: AuditOrder } | OpenAudit> {
  const auditId = newId();
  const scheduledAt = new Date(scheduledMs).toISOString();
  const order: AuditOrder = { auditId, customerId, gatewayId, check, trigger, scheduledAt };
  await storage.history.insertPointer(order, nowMs);
  const claim = await storage.open.claim({ customerId, check, auditId, state: 'queued', sinceMs: nowMs });
  return claim.claimed ? { order } : claim.by;
}

function groupByCustomer(requests: readonly AuditRequest[]): readonly (readonly AuditRequest[])[] {
  const groups = new Map<string, AuditRequest[]>();
  for (const request of requests) {
    groups.set(request.customerId, [...(groups.get(request.customerId) ?? []), request]);
  }
  return [...groups.values()];
}

function keyOf({ customerId, check }: Pick<OpenAudit, 'customerId' | 'check'>): string {
  return `${customerId} ${check}`;
}
