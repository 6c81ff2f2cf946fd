import type { Storage } from '../../src/audit/ports';
import type { AuditOrder, Report } from '../../src/audit/report';
import { chainOf } from '../audit/running/an-open-job';
import type { SeenProbe } from './chaos-gateway';

export const customerIds = ['contoso', 'fabrikam', 'litware'];

/** What was found after a chaos run; all but the first three are to be 0. */
export interface ChaosCount {
  readonly audits: number;
  readonly brokenAttempts: number;
  readonly probes: number;
  /** Audits without a report, or still open. */
  readonly lost: number;
  /** Audits with two reports, and probes that stand in two. */
  readonly doubled: number;
  readonly unrecordedAttempts: number;
  /** Probes that reached the gateway and stand in no report, though no attempt of their audit broke off. */
  readonly unexplainedProbes: number;
  readonly tokensBeyondBooked: number;
  readonly tokensLeftReserved: number;
}

export interface ChaosFacts {
  readonly orders: readonly AuditOrder[];
  readonly storage: Storage;
  readonly seen: readonly SeenProbe[];
}

export async function countAll({ orders, storage, seen }: ChaosFacts): Promise<ChaosCount> {
  // Throws where a chain is broken.
  const reports = (await Promise.all(customerIds.map((id) => chainOf({ storage }, id)))).flat();
  const marks = (await Promise.all(reports.map((report) => marksOf(report, storage)))).flat();
  const stored = new Set(marks);
  const open = new Set((await storage.open.readAll()).map(({ auditId }) => auditId));
  const pointers = await Promise.all(
    orders.map(({ customerId, auditId }) => storage.history.readPointer(customerId, auditId)),
  );
  const brokenOf = new Map(pointers.map((pointer) => [pointer?.order.auditId, pointer?.brokenAttempts ?? 0]));
  const countOf = (auditId: string) => reports.filter((report) => report.auditId === auditId).length;
  const recordsOf = (auditId: string) => reports.filter(({ attemptOf }) => attemptOf === auditId).length;
  const isLost = ({ auditId }: AuditOrder) => countOf(auditId) === 0 || open.has(auditId);
  const isDoubled = ({ auditId }: AuditOrder) => countOf(auditId) > 1;
  const missing = orders.map(({ auditId }) => Math.max(0, (brokenOf.get(auditId) ?? 0) - recordsOf(auditId)));
  const days = [...new Set(orders.map(({ scheduledAt }) => scheduledAt.slice(0, 10)))];
  const lastDay = new Date(Date.parse(orders.at(-1)?.scheduledAt ?? '') + 86_400_000).toISOString().slice(0, 10);
  const budgets = await Promise.all(
    [...days, lastDay].map((day) => storage.budgets.read({ day, customerId: 'contoso' })),
  );
  const booked = budgets.reduce((sum, { service }) => sum + service.settledTokens, 0);
  return {
    audits: orders.length,
    brokenAttempts: [...brokenOf.values()].reduce((sum, count) => sum + count, 0),
    probes: seen.length,
    lost: orders.filter(isLost).length,
    doubled: orders.filter(isDoubled).length + marks.length - stored.size,
    unrecordedAttempts: missing.reduce((sum, count) => sum + count, 0),
    unexplainedProbes: seen.filter(({ auditId, mark }) => !stored.has(mark) && !brokenOf.get(auditId)).length,
    tokensBeyondBooked: Math.max(0, 20 * seen.length - booked),
    tokensLeftReserved: budgets.reduce((sum, { service }) => sum + service.reservedTokens, 0),
  };
}

async function marksOf({ customerId, auditId }: Report, storage: Storage): Promise<readonly string[]> {
  const record = await storage.history.readReport(customerId, auditId);
  return (record?.evidence.exchanges ?? []).flatMap(({ backend }) => (backend === null ? [] : [backend]));
}
