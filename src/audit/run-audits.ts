import type { AuditorError } from '../auditor-error';
import type { Check } from './check';
import { type CheckMap, inRunningOrder, keysOf } from './checks';
import type { CheckName, Declaration } from './declaration';
import { createExclusive, createSlots } from './exclusive';
import { asFault } from './fault';
import type { AuditOrder, Report } from './report';

export interface AuditsSetting {
  readonly checks: CheckMap;
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  /** How many audits run at once. */
  readonly parallel: number;
  readonly signal?: AbortSignal;
  readonly runOne: (
    order: AuditOrder,
    known: { readonly check: Check; readonly declared: Declaration },
  ) => Promise<{ readonly report: Report; readonly fault: AuditorError | null }>;
}

/**
 * Runs audits in this process: customers side by side, one customer's audits in turn, those that use up its limit
 * last; never two at once on one counter, nor two that use up limits on one gateway. After trouble of ours no further
 * audit is begun; those under way end.
 */
export async function runAudits(
  orders: readonly AuditOrder[],
  setting: AuditsSetting,
): Promise<{ readonly reports: readonly Report[]; readonly faults: readonly AuditorError[] }> {
  const { checks, declarationOf, signal } = setting;
  const exclusive = createExclusive();
  const inSlot = createSlots(setting.parallel);
  const reports: Report[] = [];
  const faults: AuditorError[] = [];

  async function runCustomer(customerId: string): Promise<void> {
    const own = orders.filter((order) => order.customerId === customerId);
    for (const order of inRunningOrder(own, checks)) await runOne(order);
  }

  async function runOne(order: AuditOrder): Promise<void> {
    try {
      const check = checks[order.check];
      if (check === undefined) throw new Error(`there is no check ${order.check}`);
      const declared = declarationOf(order.customerId, order.check);
      await exclusive.whenFree(keysOf(check, declared), () =>
        inSlot(async () => {
          if (signal?.aborted || faults.length > 0) return;
          const { report, fault } = await setting.runOne(order, { check, declared });
          reports.push(report);
          if (fault !== null) faults.push(fault);
        }),
      );
    } catch (error) {
      faults.push(asFault(error, `run audit ${order.auditId} (${order.check}) of customer ${order.customerId}`));
    }
  }

  await Promise.all([...new Set(orders.map((order) => order.customerId))].map(runCustomer));
  return { reports, faults };
}
