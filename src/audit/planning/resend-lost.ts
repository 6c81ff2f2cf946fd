import { AuditorError } from '../../auditor-error';
import { type CheckMap, keysOf } from '../checks';
import type { CheckName, Declaration } from '../declaration';
import { nullIfCorrupt } from '../null-if-corrupt';
import type { OpenAudit, Storage } from '../ports';
import type { AuditOrder } from '../report';

/**
 * A message that nobody has acted on for so long is taken for lost: longer than an invocation may last, so that the
 * queue itself brings back what its worker dropped.
 */
const lostAfterMs = 15 * 60_000;

export interface ResendSetting {
  readonly storage: Pick<Storage, 'history' | 'open' | 'jobs' | 'leases'>;
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly nowMs: number;
}

/**
 * Sends messages again for audits that have long been open and that no worker is at: queued ones whose message was
 * lost, running ones whose worker died without one, waiting ones that nobody went on with. A message too many does no
 * harm: who comes second finds the counter leased, or the audit done.
 */
export async function resendLost(open: readonly OpenAudit[], setting: ResendSetting): Promise<readonly AuditOrder[]> {
  const { storage, nowMs } = setting;
  const sent: AuditOrder[] = [];
  for (const audit of open) {
    const quietMs = nowMs - Math.max(audit.sinceMs, audit.sentAgainMs ?? 0);
    if (quietMs < lostAfterMs || (await isBeingAudited(audit, setting))) continue;
    const { customerId, check, auditId } = audit;
    const pointer = await storage.history.readPointer(customerId, auditId).catch(nullIfCorrupt);
    // What is gone or cannot be read can never be run: its check is planned anew.
    if (pointer === null) await storage.open.release(customerId, check, auditId);
    else if (await storage.open.setSentAgain(audit, nowMs)) {
      await storage.jobs.send({ customerId, audits: [pointer.order] });
      sent.push(pointer.order);
    }
  }
  return sent;
}

async function isBeingAudited(
  { customerId, check: name }: OpenAudit,
  { storage, checks, declarationOf, nowMs }: ResendSetting,
): Promise<boolean> {
  const check = checks[name];
  if (check === undefined) return false;
  try {
    const [first] = keysOf(check, declarationOf(customerId, name));
    return first !== undefined && (await storage.leases.isHeld(first, nowMs));
  } catch (error) {
    // Its customer is no longer configured: the job says so, and gives it up.
    if (error instanceof AuditorError && error.code === 'not-found') return false;
    throw error;
  }
}
