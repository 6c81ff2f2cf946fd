import type { Exchange } from '../probe/exchange';
import type { Charge } from './check';

/** Troubles that stopped a probe before anything of it reached the gateway. */
const neverArrived: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'connect-timeout']);

/**
 * Tokens that an exchange cost, from above: what a model reported; the probe's bound where a model answered without
 * usage or where nobody can know whether it did; nothing for a refusal or a probe that never arrived.
 */
export function costOf(exchange: Exchange): number {
  if (exchange.usage !== null) return exchange.usage.total;
  if (exchange.status === null) return neverArrived.has(exchange.error?.kind ?? '') ? 0 : exchange.boundTokens;
  return exchange.status >= 200 && exchange.status < 300 ? exchange.boundTokens : 0;
}

export function totalCost(exchanges: readonly Exchange[]): number {
  return exchanges.reduce((sum, exchange) => sum + costOf(exchange), 0);
}

/** What an audit's exchanges charged on one customer's counter, oldest first; `auditedCustomerId` owns the unnamed ones. */
export function chargesOn(customerId: string, auditedCustomerId: string, exchanges: readonly Exchange[]): Charge[] {
  return exchanges
    .filter(({ asked }) => asked.credential === 'customer' && (asked.customerId ?? auditedCustomerId) === customerId)
    .map(toCharge)
    .filter((charge) => charge.tokens > 0)
    .sort((a, b) => a.receivedMs - b.receivedMs);
}

function toCharge(exchange: Exchange): Charge {
  const { sentMs, receivedMs, usage } = exchange;
  const tokens = costOf(exchange);
  return usage === null ? { sentMs, receivedMs, tokens, sureTokens: 0 } : { sentMs, receivedMs, tokens };
}
