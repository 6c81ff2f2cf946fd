import { isDeepStrictEqual } from 'node:util';
import { type CheckMap, inRunningOrder } from '../checks';
import type { CheckName, CustomerDeclaration, Declaration } from '../declaration';
import type { LimitStatus, OpenAudit } from '../ports';
import { isQuiet, wasQuiet } from './quiet-hours';
import { previousOccurrence, spreadOffsetMs } from './schedule';

/** How late an audit may be before it counts as missed: jobs wait for others on their counter or gateway. */
const missedAfterMs = 3_600_000;

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
 * What was due an hour ago and had not begun by then: nobody has looked at that promise. What began in time may still
 * run, but for an hour; what has been open for longer is stuck. An occurrence counts only if the check was expected by
 * this very schedule when it came, and is answered once: what is recorded already is not. In quiet hours, and for an
 * hour after them, nothing is missed.
 */
export function missedAudits(situation: Situation): readonly DueAudit[] {
  const { checks, nowMs } = situation;
  const lookUp = indexOf(situation);
  return situation.customers
    .filter((customer) => !isLeftForLater(customer, nowMs))
    .flatMap((customer) =>
      plannedChecks(customer, checks).flatMap((check) => {
        const expected = expectedAudit(customer, check, { nowMs, status: lookUp.statusOf(customer.id) });
        const openSinceMs = lookUp.openSinceMs(customer.id, check);
        return expected === null || isUnderWay(expected, openSinceMs, nowMs) ? [] : [expected];
      }),
    );
}

/** Whether a verdict is older than its schedule promises: its check was due an hour ago and has not finished since. */
export function isStale(customer: CustomerDeclaration, check: CheckName, now: Instant): boolean {
  if (!customer.checks.includes(check) || isLeftForLater(customer, now.nowMs)) return false;
  return dueAudit(customer, check, { ...now, nowMs: now.nowMs - missedAfterMs }).length > 0;
}

/**
 * By check, since when it has been expected by its schedule: what the watch notes so that a check that never ran can be
 * missed, and one that was configured, or moved, a moment ago cannot. Null where what is noted holds.
 */
export function expectedChecks(
  customer: CustomerDeclaration,
  checks: CheckMap,
  { nowMs, status }: Instant,
): NonNullable<LimitStatus['expected']> | null {
  const noted = status?.expected ?? {};
  const since = new Date(nowMs).toISOString();
  const now = Object.fromEntries(
    plannedChecks(customer, checks).map((check) => {
      const schedule = customer.schedule[check];
      const before = noted[check];
      return [check, before?.schedule === schedule ? before : { schedule, since }];
    }),
  );
  return isDeepStrictEqual(now, noted) ? null : now;
}

function isLeftForLater({ quietHours }: CustomerDeclaration, nowMs: number): boolean {
  return wasQuiet(quietHours, { fromMs: nowMs - missedAfterMs, toMs: nowMs });
}

/** The latest occurrence that should have begun by now, where no audit has ended since and none was recorded for it. */
function expectedAudit(customer: CustomerDeclaration, check: CheckName, { nowMs, status }: Instant): DueAudit | null {
  const expected = status?.expected?.[check];
  const schedule = customer.schedule[check];
  if (expected === undefined || expected.schedule !== schedule) return null;
  const sinceMs = Date.parse(expected.since);
  const offsetMs = spreadOffsetMs(customer.id, check, schedule);
  const occurrenceMs = previousOccurrence(schedule, nowMs - missedAfterMs - offsetMs);
  const last = status?.verdicts[check];
  const latestMs = occurrenceMs === null ? 0 : occurrenceMs + offsetMs;
  // A check that never ran is due from the moment on which it is configured.
  const dueMs = last === undefined ? Math.max(latestMs, sinceMs) : latestMs;
  const recorded = status?.missed?.[check];
  const isOver =
    dueMs + missedAfterMs > nowMs ||
    dueMs < sinceMs ||
    (last !== undefined && dueMs <= Date.parse(last.finishedAt)) ||
    (recorded !== undefined && dueMs <= Date.parse(recorded.dueAt));
  return isOver ? null : { customerId: customer.id, check, dueMs };
}

function isUnderWay({ dueMs }: DueAudit, openSinceMs: number | null, nowMs: number): boolean {
  return openSinceMs !== null && openSinceMs < dueMs + missedAfterMs && nowMs - openSinceMs < missedAfterMs;
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
  /** Epoch ms; null where it is not open. */
  openSinceMs(customerId: string, check: CheckName): number | null;
  statusOf(customerId: string): LimitStatus | null;
}

function indexOf({ statuses, open }: Situation): LookUp {
  const byCustomer = new Map(statuses.map((status) => [status.customerId, status]));
  const openSince = new Map(open.map(({ customerId, check, sinceMs }) => [`${customerId} ${check}`, sinceMs]));
  return {
    isOpen: (customerId, check) => openSince.has(`${customerId} ${check}`),
    openSinceMs: (customerId, check) => openSince.get(`${customerId} ${check}`) ?? null,
    statusOf: (customerId) => byCustomer.get(customerId) ?? null,
  };
}
