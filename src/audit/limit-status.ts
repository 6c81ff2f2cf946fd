import type { Exchange } from '../probe/exchange';
import { alertsAfter } from './alerts/alert-changes';
import { totalCost } from './charges';
import type { CheckName, CustomerDeclaration } from './declaration';
import { addToTotals, measuredAfter } from './history/audit-totals';
import type { CheckStatus, LimitStatus } from './ports';
import type { Report } from './report';
import { spentOn, utcDayOf } from './running/day-budget';

/** The row of a customer of whom nothing is known yet. */
export function unknownLimitStatus(customer: CustomerDeclaration): LimitStatus {
  return {
    customerId: customer.id,
    gatewayId: customer.gateway,
    declared: declaredLimits(customer),
    observed: null,
    throttled: null,
    verdicts: {},
    head: null,
    spent: { day: '', tokens: 0 },
  };
}

/** What probes showed of a customer's limit just now, and what they spent. `atMs` decides the day that it is booked on. */
export function withObservation(
  current: LimitStatus,
  seen: { readonly exchanges: readonly Exchange[]; readonly atMs: number },
): LimitStatus {
  const own = seen.exchanges
    .filter(({ asked }) => asked.credential === 'customer' && asked.customerId === undefined)
    .toSorted((a, b) => a.receivedMs - b.receivedMs);
  return {
    ...current,
    observed: own.reduce(observedAfter, current.observed),
    throttled: own.reduce(throttledAfter, current.throttled),
    spent: spentAfter(current, seen),
  };
}

/**
 * A finished audit in the customer's row. Told twice (a redelivered job), it changes nothing the second time: what an
 * audit spent is booked with its check's verdict, and a verdict gives way only to one of a higher sequence.
 */
export function withReport(
  current: LimitStatus | null,
  { report, exchanges }: { readonly report: Report; readonly exchanges: readonly Exchange[] },
): LimitStatus {
  const { customer } = report.declared;
  const before = current ?? unknownLimitStatus(customer);
  if (report.rejudgementOf !== undefined) return withRejudgement(before, report, report.rejudgementOf);
  if (report.missed) return withMissed(before, report);
  if ((before.verdicts[report.check]?.sequence ?? 0) >= report.sequence) {
    // A later one has its place; whether this one was news is another question.
    return { ...before, alerts: alertsAfter(before, report) };
  }
  const { verdict, auditId, sequence, finishedAt, hash } = report;
  const isNewest = sequence > (before.head?.sequence ?? 0);
  return {
    ...withObservation(before, { exchanges, atMs: Date.parse(finishedAt) }),
    ...(isNewest && { gatewayId: report.gatewayId, declared: declaredLimits(customer), head: { sequence, hash } }),
    verdicts: { ...before.verdicts, [report.check]: { verdict, auditId, sequence, finishedAt } },
    totals: addToTotals(before.totals, { report, exchanges }),
    measured: measuredAfter(before.measured, report),
    alerts: alertsAfter(before, report),
  };
}

/** What did not run leaves the check's verdict, and so when it is due, as they were. */
function withMissed(before: LimitStatus, report: Report): LimitStatus {
  const { check, scheduledAt, auditId, sequence, hash } = report;
  const last = before.missed?.[check];
  if (last !== undefined && last.sequence >= sequence) return before;
  return {
    ...before,
    ...(sequence > (before.head?.sequence ?? 0) && { head: { sequence, hash } }),
    missed: { ...before.missed, [check]: { dueAt: scheduledAt, auditId, sequence, count: (last?.count ?? 0) + 1 } },
    totals: addToTotals(before.totals, { report, exchanges: [] }),
    alerts: alertsAfter(before, report),
  };
}

/**
 * An audit that was judged again changes what is known now only where it is its check's latest one, and of that only
 * the verdict: it measured when it measured, and its tokens are booked already.
 */
function withRejudgement(before: LimitStatus, report: Report, rejudgementOf: string): LimitStatus {
  const { check, verdict, auditId, sequence, hash } = report;
  const isNewest = sequence > (before.head?.sequence ?? 0);
  const status = before.verdicts[check];
  const isOfLatest = status?.auditId === rejudgementOf && (status.rejudgedAs?.sequence ?? 0) < sequence;
  return {
    ...before,
    ...(isNewest && { head: { sequence, hash } }),
    ...(isOfLatest && {
      verdicts: { ...before.verdicts, [check]: { ...status, verdict, rejudgedAs: { auditId, sequence } } },
    }),
  };
}

/** A customer's limit status as the HTTP API and the command line show it. */
export interface LimitStatusView
  extends Pick<LimitStatus, 'customerId' | 'gatewayId' | 'declared' | 'observed' | 'throttled'> {
  readonly verdicts: Readonly<Partial<Record<CheckName, CheckStatus & { readonly stale: boolean }>>>;
  readonly spentToday: number;
  readonly maxTokensPerDay: number;
}

export function viewLimitStatus(
  customer: CustomerDeclaration,
  stored: LimitStatus | null,
  now: { readonly nowMs: number; readonly isStale: (check: CheckName) => boolean },
): LimitStatusView {
  const { observed, throttled, verdicts } = stored ?? unknownLimitStatus(customer);
  const isOver = throttled?.until != null && Date.parse(throttled.until) <= now.nowMs;
  return {
    customerId: customer.id,
    gatewayId: customer.gateway,
    declared: declaredLimits(customer),
    observed,
    throttled: isOver ? null : throttled,
    verdicts: Object.fromEntries(
      Object.entries(verdicts).map(([check, status]) => [check, { ...status, stale: now.isStale(check as CheckName) }]),
    ),
    spentToday: spentOn(stored, now.nowMs),
    maxTokensPerDay: customer.maxTokensPerDay,
  };
}

function declaredLimits({ tokensPerMinute, tokenQuota }: CustomerDeclaration): LimitStatus['declared'] {
  return { tokensPerMinute, ...(tokenQuota && { tokenQuota }) };
}

/** Something told late, of a day that is over, is no longer counted. */
function spentAfter(
  current: LimitStatus,
  { exchanges, atMs }: { readonly exchanges: readonly Exchange[]; readonly atMs: number },
): LimitStatus['spent'] {
  const day = utcDayOf(atMs);
  if (day < current.spent.day) return current.spent;
  return { day, tokens: spentOn(current, atMs) + totalCost(exchanges) };
}

function observedAfter(before: LimitStatus['observed'], exchange: Exchange): LimitStatus['observed'] {
  const { remainingTokens, consumedTokens, receivedMs } = exchange;
  if (remainingTokens === null && consumedTokens === null) return before;
  return { remainingTokens, consumedTokens, at: new Date(receivedMs).toISOString() };
}

/** The gateway's own token limit or quota throttles a customer, from the first such refusal until an answer. */
function throttledAfter(before: LimitStatus['throttled'], exchange: Exchange): LimitStatus['throttled'] {
  const { status, refusedBy, receivedMs, retryAfterMs } = exchange;
  if (status !== null && status >= 200 && status < 300) return null;
  if (refusedBy !== 'gateway-token-limit' && refusedBy !== 'gateway-quota') return before;
  return {
    since: before?.since ?? new Date(receivedMs).toISOString(),
    until: retryAfterMs === null ? null : new Date(receivedMs + retryAfterMs).toISOString(),
  };
}
