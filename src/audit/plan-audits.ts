import { type CheckMap, inRunningOrder } from './checks';
import type { CheckName, CustomerDeclaration, Declaration } from './declaration';
import type { LimitStatus, OpenAudit } from './ports';
import { isQuiet } from './quiet-hours';
import { previousOccurrence, spreadOffsetMs } from './schedule';

/** How late an audit may be before it counts as missed: jobs wait for others on their counter or gateway. */
export const missedAfterMs = 3_600_000;

/** All that planning looks at. */
export interface Situation {
  readonly customers: readonly CustomerDeclaration[];
  readonly declarationOf: (customerId: string, check: CheckName) => Declaration;
  readonly checks: CheckMap;
  readonly statuses: readonly LimitStatus[];
  readonly open: readonly OpenAudit[];
  readonly nowMs: number;
}

/** An audit that is to be run, or was to have been: since when. */
export interface DueAudit {
  readonly customerId: string;
  readonly check: CheckName;
  readonly dueMs: number;
}

/** One customer's due audits, those that use up its limit last: what one job is made from. */
export interface DueJob {
  readonly customerId: string;
  readonly audits: readonly DueAudit[];
}

/**
 * Who is to be audited now: a customer's check is due when its schedule's latest occurrence (shifted by the customer's
 * share of the spread) lies after the check's last audit, or when it has never run. What is queued or running
 * and what falls into quiet hours is left for later. What the budget does not pay for is planned all the same: that it
 * was not looked at belongs in the history.
 */
export function planAudits(situation: Situation): readonly DueJob[] {
  const { checks, nowMs } = situation;
  const lookUp = indexOf(situation);
  return situation.customers
    .filter((customer) => !isQuiet(customer.quietHours, nowMs))
    .map((customer) => {
      const due = plannedChecks(customer, checks)
        .filter((check) => !lookUp.isOpen(customer.id, check))
        .flatMap((check) => dueAudit(customer, check, { nowMs, status: lookUp.statusOf(customer.id) }));
      return { customerId: customer.id, audits: inRunningOrder(due, checks) };
    })
    .filter(({ audits }) => audits.length > 0);
}

/**
 * What was due an hour ago and has not run since: nobody has looked at that promise. What was queued, or begun, within
 * that hour still may; what has been so for longer is stuck.
 */
export function missedAudits(situation: Situation): readonly DueAudit[] {
  const { checks, nowMs } = situation;
  const open = situation.open.filter(({ sinceMs }) => nowMs - sinceMs < missedAfterMs);
  const lookUp = indexOf({ ...situation, open });
  return situation.customers.flatMap((customer) =>
    plannedChecks(customer, checks).flatMap((check) => {
      const status = lookUp.statusOf(customer.id);
      if (lookUp.isOpen(customer.id, check) || status?.verdicts[check] === undefined) return [];
      return dueAudit(customer, check, { nowMs: nowMs - missedAfterMs, status });
    }),
  );
}

/** Whether a verdict is older than its schedule promises: its check was due an hour ago and has not finished since. */
export function isStale(customer: CustomerDeclaration, check: CheckName, now: Instant): boolean {
  if (!customer.checks.includes(check)) return false;
  return dueAudit(customer, check, { ...now, nowMs: now.nowMs - missedAfterMs }).length > 0;
}

interface Instant {
  readonly nowMs: number;
  readonly status: LimitStatus | null;
}

function plannedChecks(customer: CustomerDeclaration, checks: CheckMap): readonly CheckName[] {
  return customer.checks.filter((check) => checks[check] !== undefined);
}

function dueAudit(customer: CustomerDeclaration, check: CheckName, { nowMs, status }: Instant): readonly DueAudit[] {
  const last = status?.verdicts[check];
  if (last === undefined) return [{ customerId: customer.id, check, dueMs: nowMs }];
  const schedule = customer.schedule[check];
  const offsetMs = spreadOffsetMs(customer.id, check, schedule);
  const occurrenceMs = previousOccurrence(schedule, nowMs - offsetMs);
  if (occurrenceMs === null || occurrenceMs + offsetMs <= Date.parse(last.finishedAt)) return [];
  return [{ customerId: customer.id, check, dueMs: occurrenceMs + offsetMs }];
}

interface LookUp {
  isOpen(customerId: string, check: CheckName): boolean;
  statusOf(customerId: string): LimitStatus | null;
}

function indexOf({ statuses, open }: Situation): LookUp {
  const byCustomer = new Map(statuses.map((status) => [status.customerId, status]));
  const openKeys = new Set(open.map(({ customerId, check }) => `${customerId} ${check}`));
  return {
    isOpen: (customerId, check) => openKeys.has(`${customerId} ${check}`),
    statusOf: (customerId) => byCustomer.get(customerId) ?? null,
  };
}
