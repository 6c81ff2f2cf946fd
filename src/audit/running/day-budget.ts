import { promptBoundTokens, smallestPromptTokens } from '../../probe/prompt';
import { auditCost, costBasisOf } from '../audit-cost';
import type { CheckName, Declaration } from '../declaration';
import type { LimitStatus } from '../ports';

export function utcDayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Whole seconds until the next UTC day, when every budget is new. */
export function secondsToNextDay(nowMs: number): number {
  const dayMs = 86_400_000;
  return Math.ceil((dayMs - (nowMs % dayMs)) / 1000);
}

/** Tokens that our probes spent on a customer on the UTC day of `nowMs`. */
export function spentOn(status: LimitStatus | null | undefined, nowMs: number): number {
  return status?.spent.day === utcDayOf(nowMs) ? status.spent.tokens : 0;
}

/** What the loop reserves for the smallest chat probe; an audit that may not send even that would tell nothing. */
const leastTokens = promptBoundTokens(smallestPromptTokens) + 16;

/** Whether what is left of today's budget pays for one such audit to its end, so that none is cut short by it. */
export function canAfford(check: CheckName, declared: Declaration, leftTokens: number): boolean {
  const { mostTokens } = auditCost(check, costBasisOf(declared), declared.settings);
  return mostTokens === 0 || leftTokens >= Math.max(mostTokens, leastTokens);
}
