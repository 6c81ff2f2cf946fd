import { createHash } from 'node:crypto';
import type { Clock } from '../../probe/clock';
import { newAuditId } from '../audit-id';
import type { CheckName, Declaration } from '../declaration';
import { draftReport } from '../draft-report';
import type { Storage } from '../ports';
import type { AuditOrder, Report } from '../report';
import { recordApart } from '../running/record-apart';
import type { DueAudit } from './plan-audits';

export interface MissedSetting {
  readonly storage: Pick<Storage, 'history' | 'limits'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
}

/**
 * Records what was due and did not run as an audit of its own, inconclusive and without a probe: a gap in the history
 * must be seen in it. Its id follows from the occurrence, so that each is recorded once, whoever finds it.
 */
export function recordMissed({ customerId, check, dueMs }: DueAudit, setting: MissedSetting): Promise<Report> {
  const declared = setting.declarationOf(customerId, check);
  const scheduledAt = new Date(dueMs).toISOString();
  const order: AuditOrder = {
    auditId: missedIdOf({ customerId, check, dueMs }),
    customerId,
    gatewayId: declared.gateway.id,
    check,
    trigger: 'timer',
    scheduledAt,
  };
  const stoppedBecause = `it was due at ${scheduledAt} and had not run an hour later`;
  const evidence = { exchanges: [], priorCharges: [], ledgerSinceMs: dueMs };
  const judgement = { findings: [], estimate: {} };
  const draftAt = (nowMs: number) => ({
    ...draftReport({ order, declared, evidence, startedMs: nowMs, finishedMs: nowMs, stoppedBecause, judgement }),
    missed: true as const,
  });
  return recordApart({ order, evidence, draftAt }, setting);
}

function missedIdOf({ customerId, check, dueMs }: DueAudit): string {
  return newAuditId(dueMs, createHash('sha256').update(`${customerId} ${check} ${dueMs} missed`).digest());
}
