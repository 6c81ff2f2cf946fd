import { auditCost, costBasisOf } from './audit-cost';
import type { CheckName, Declaration } from './declaration';
import type { LimitStatus } from './ports';

export function utcDayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Tokens that our probes spent on a customer on the UTC day of `nowMs`. */
export function spentOn(status: LimitStatus | null | undefined, nowMs: number): number {
  return status?.spent.day === utcDayOf(nowMs) ? status.spent.tokens : 0;
}

/** Tokens that a customer's audits may still spend today. */
export function leftToday(declared: Declaration, status: LimitStatus | null | undefined, nowMs: number): number {
  return Math.max(0, declared.customer.maxTokensPerDay - spentOn(status, nowMs));
}

/** Whether what is left of today's budget pays for one such audit, as a rule. */
export function canAfford(check: CheckName, declared: Declaration, leftTokens: number): boolean {
  const { prompt, completion } = auditCost(check, costBasisOf(declared), declared.settings).expected;
  return leftTokens > 0 && prompt + completion <= leftTokens;
}
