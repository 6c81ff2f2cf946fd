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
  let left = evidence.declared.customer.tokensPerMinute;
  const falls = burst.map(({ exchange, charge }) => {
    left -= charge.high;
    return exchange.remainingTokens !== null && Math.abs(exchange.remainingTokens - Math.max(0, left)) <= 1;
  });
  return falls.length >= statementsToBelieve && falls.every((falling) => falling);
}
