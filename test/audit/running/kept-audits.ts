import { unknownLimitStatus } from '../../../src/audit/limit-status';
import type { Storage } from '../../../src/audit/ports';
import { anExchange } from '../../probe/an-exchange';
import { aCustomer } from '../a-declaration';
import { anOrder, aReportDraft, someEvidence } from '../a-report-draft';

export interface KeptAudit {
  readonly customerId: string;
  readonly at: number;
  readonly nowMs: number;
}

/** Stores an audit the way a worker does, with evidence of its own, and the head in the customer's limit status. */
export async function keepAudit(storage: Storage, { customerId, at, nowMs }: KeptAudit): Promise<void> {
  const auditId = `0192f0c1-0000-7000-8000-${String(at).padStart(12, '0')}`;
  await storage.history.insertPointer(anOrder({ customerId, auditId }), nowMs);
  await storage.history.beginAttempt(customerId, auditId, nowMs);
  const evidence = someEvidence({ exchanges: [anExchange({ probe: at, message: customerId })] });
  const checkpoint = { startedMs: nowMs, evidence };
  await storage.history.saveCheckpoint({ customerId, auditId }, checkpoint, { attempt: 1 });
  const draft = aReportDraft({ customerId, auditId });
  const { sequence, hash } = await storage.history.commit(draft, evidence, { attempt: 1, nowMs });
  const head = { sequence, hash };
  await storage.limits.update(customerId, (current) => ({
    ...(current ?? unknownLimitStatus(aCustomer({ id: customerId }))),
    head,
  }));
}
