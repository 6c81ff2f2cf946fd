import type { Exchange } from '../../probe/exchange';
import type { Charge } from '../check';
import type { History } from '../ports';
import type { AuditOrder, Report } from '../report';

/** An audit in any state; with `done` the report and all that it was judged from, with `running` what it has kept so far. Times are ISO 8601 UTC. */
export type AuditRecord =
  | (Report & {
      readonly exchanges: readonly Exchange[];
      readonly priorCharges: readonly Charge[];
      readonly ledgerSinceMs: number;
    })
  | (AuditOrder & { readonly state: 'queued'; readonly exchanges: readonly [] })
  | (AuditOrder & { readonly state: 'running'; readonly startedAt: string; readonly exchanges: readonly Exchange[] });

/** Null where the audit is unknown. */
export async function readAudit(
  history: Pick<History, 'readPointer' | 'readReport' | 'readCheckpoint'>,
  customerId: string,
  auditId: string,
): Promise<AuditRecord | null> {
  const pointer = await history.readPointer(customerId, auditId);
  if (pointer === null) return null;
  const { order, state, sinceMs, checkpoint } = pointer;
  switch (state) {
    case 'queued':
      return { ...order, state, exchanges: [] };
    case 'running': {
      const kept = checkpoint && (await history.readCheckpoint({ customerId, auditId }, checkpoint));
      const startedAt = new Date(checkpoint?.startedMs ?? sinceMs).toISOString();
      return { ...order, state, startedAt, exchanges: kept?.evidence.exchanges ?? [] };
    }
    case 'done': {
      const stored = await history.readReport(customerId, auditId);
      return stored && { ...stored.report, ...stored.evidence };
    }
    default:
      return state satisfies never;
  }
}
