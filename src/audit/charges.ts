import type { Exchange, ProbeRequest } from '../probe/exchange';
import type { Charge } from './check';

/** Troubles that stopped a probe before anything of it reached the gateway. */
const neverArrived: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'connect-timeout']);

/** What a probe can cost at most before it was sent: the prompt aimed at and the completion cap; tokens. */
export function boundTokensOf(request: ProbeRequest): number {
  return request.promptTokens + request.maxCompletionTokens;
}

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
    .map((exchange) => ({ sentMs: exchange.sentMs, receivedMs: exchange.receivedMs, tokens: costOf(exchange) }))
    .filter((charge) => charge.tokens > 0)
    .sort((a, b) => a.receivedMs - b.receivedMs);
}
