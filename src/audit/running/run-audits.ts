import { AuditorError } from '../../auditor-error';
import type { Check } from '../check';
import { type CheckMap, inRunningOrder, keysOf } from '../checks';
import type { CheckName, Declaration } from '../declaration';
import type { AuditOrder, Report } from '../report';
import { createExclusive, createSlots } from './exclusive';
import { asFault } from './fault';

/** What an order means today. */
export interface KnownAudit {
  readonly check: Check;
  readonly declared: Declaration;
}

export interface AuditsSetting {
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  /** How many audits run at once. */
  readonly parallel: number;
  readonly signal?: AbortSignal;
  /** Null: it was aborted before it had begun. */
  readonly runOne: (
    order: AuditOrder,
    known: KnownAudit,
  ) => Promise<{ readonly report: Report; readonly fault: AuditorError | null } | null>;
}

/**
 * Runs audits in this process: customers side by side, one customer's audits in turn, those that use up its limit
 * last; never two at once on one counter, nor two that use up limits on one gateway. After trouble of ours no further
 * audit is begun; those under way end. Throws before the first one where a check or a customer is unknown.
 */
export async function runAudits(
  orders: readonly AuditOrder[],
  setting: AuditsSetting,
): Promise<{ readonly reports: readonly Report[]; readonly faults: readonly AuditorError[] }> {
  const { signal } = setting;
  const wanted = inRunningOrder(orders, setting.checks).map((order) => ({ order, known: knownAudit(order, setting) }));
  const exclusive = createExclusive();
  const inSlot = createSlots(setting.parallel);
  const reports: Report[] = [];
  const faults: AuditorError[] = [];

  async function runCustomer(customerId: string): Promise<void> {
    for (const { order, known } of wanted.filter((one) => one.order.customerId === customerId)) {
      await exclusive.whenFree(keysOf(known.check, known.declared), () => inSlot(() => runOne(order, known)));
    }
  }

  async function runOne(order: AuditOrder, known: KnownAudit): Promise<void> {
    if (signal?.aborted || faults.length > 0) return;
    try {
      const ended = await setting.runOne(order, known);
      if (ended === null) return;
      reports.push(ended.report);
      if (ended.fault !== null) faults.push(ended.fault);
    } catch (error) {
      faults.push(asFault(error, `run audit ${order.auditId} (${order.check}) of customer ${order.customerId}`));
    }
  }

  await Promise.all([...new Set(orders.map((order) => order.customerId))].map(runCustomer));
  return { reports, faults };
}

function knownAudit({ customerId, check: name }: AuditOrder, { checks, declarationOf }: AuditsSetting): KnownAudit {
  const check = checks[name];
  if (check === undefined) throw new AuditorError('bad-usage', `The check ${name} is not yet in use.`);
  return { check, declared: declarationOf(customerId, name) };
}
