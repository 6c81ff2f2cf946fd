import type { Evidence } from '../check';
import { possiblyUsed, type Reading } from './bounds';
import { refusalsToBelieve, refusalsToBeSure, slackMs } from './facts';
import { isAnswered, isTokenLimitRefusal, type Ledger, minuteMs } from './ledger';
import { bandOf } from './tolerance';

/**
 * The kinds that several counters may be of. They refuse and admit side by side, so intervals of a limit tell nothing.
 * What does: once all are used up, a bucket admits again when its share of the last step has refilled, a sliding window
 * only when the first own charge ages out, a fixed window with the minute's edge.
 */
export function kindsOfSeveral(evidence: Evidence, all: readonly Reading[], ledger: Ledger): readonly Reading[] {
  const { counters } = evidence.declared.gateway;
  const saturatedMs = saturationOf(evidence, refusalsToBelieve(counters));
  const sureMs = saturationOf(evidence, refusalsToBeSure(counters)) ?? Number.POSITIVE_INFINITY;
  if (saturatedMs === null) return all;
  const inWindow = ledger.charges.filter((charge) => charge.toMs > saturatedMs - minuteMs);
  const firstOutMs = Math.min(...inWindow.map((charge) => charge.fromMs)) + minuteMs;
  const early = ledger.admissions.find((a) => a.sentMs > sureMs && a.decidedByMs < firstOutMs);
  const isAcrossEdge =
    early !== undefined &&
    Math.floor((early.decidedByMs + slackMs) / minuteMs) > Math.floor((saturatedMs - slackMs) / minuteMs);
  return all.filter(({ kind }) => {
    switch (kind) {
      case 'sliding-window':
        return early === undefined;
      case 'fixed-window':
        return !refusedInFreshMinute(ledger) && (early === undefined || isAcrossEdge);
      case 'token-bucket':
        return !refusedAfterRefill(evidence, ledger);
      default:
        throw new Error(`Unknown limiter kind: ${String(kind satisfies never)}`);
    }
  });
}

/** When the last of enough refusals in a row was received; null where there were never enough. */
function saturationOf(evidence: Evidence, needed: number): number | null {
  let run = 0;
  for (const exchange of evidence.exchanges) {
    if (isAnswered(exchange)) run = 0;
    if (isTokenLimitRefusal(exchange)) run += 1;
    if (run === needed) return exchange.receivedMs;
  }
  return null;
}

/** Refused although nothing of ours can have been charged in that minute of the wall clock. */
function refusedInFreshMinute(ledger: Ledger): boolean {
  return ledger.refusals.some((refusal) => possiblyUsed('fixed-window', ledger.charges, refusal) <= refusal.ownPrompt);
}

/** Refused after every bucket must have refilled: none can be in a larger debt than one step made. */
function refusedAfterRefill(evidence: Evidence, ledger: Ledger): boolean {
  const leastLimit = Math.max(1, bandOf(evidence.declared, ledger, 'token-bucket').low);
  const steps = new Map<number, number>();
  for (const { exchange, charge } of ledger.admissions) {
    steps.set(exchange.intendedMs, (steps.get(exchange.intendedMs) ?? 0) + charge.high);
  }
  const largestStep = Math.max(0, ...steps.values());
  const late = ledger.refusals.filter((refusal) => {
    const charged = ledger.charges.filter((charge) => charge.sentMs < refusal.sentMs).map((charge) => charge.toMs);
    const refillMs = (minuteMs * (largestStep + refusal.ownPrompt)) / leastLimit + slackMs;
    return refusal.sentMs > Math.max(0, ...charged) + refillMs;
  });
  return late.length >= refusalsToExclude;
}

const refusalsToExclude = 3;
