import type { Evidence } from '../check';
import type { Ledger } from './ledger';

const statementsToBelieve = 3;

/**
 * Nobody else's use can be seen: what the gateway says is left starts at the limit less our first charge, and falls
 * from answer to answer by exactly what we were charged, until it is used up. A bucket's refill would hide somebody
 * else's use, and several counters each tell their own story, so there it cannot be known.
 */
export function showsNobodyElse(evidence: Evidence, ledger: Ledger): boolean {
  if (evidence.declared.gateway.counters > 1 || evidence.priorCharges.length > 0) return false;
  const firstRefusalMs = ledger.refusals[0]?.sentMs ?? Number.POSITIVE_INFINITY;
  const burst = ledger.admissions.filter((admission) => admission.sentMs < firstRefusalMs);
  const lefts = burst.map((_, index) => {
    const charged = burst.slice(0, index + 1).reduce((total, { charge }) => total + charge.high, 0);
    return evidence.declared.customer.tokensPerMinute - charged;
  });
  const isToldEverywhere = burst.every(
    ({ exchange }, index) => exchange.remainingTokens === Math.max(0, lefts[index] ?? 0),
  );
  // Nothing left is what a counter says that others use, too.
  return isToldEverywhere && lefts.filter((left) => left > 0).length >= statementsToBelieve;
}
