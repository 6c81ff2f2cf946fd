import type { Exchange } from '../../probe/exchange';
import type { HeaderNames } from '../declaration';
import { isLikelyCached } from '../likely-cached';
import { type Group, groupOf, type PoolView } from './pool-view';

/**
 * What a probe says about the pool: a member answered; a member failed (what breakers count: 429 of a model, 5xx);
 * it may have (a page of somebody on the way, no answer, a 429 of unknown origin), which blames nobody but may explain
 * what follows; or nothing (the customer's own limit, a cache, a refused key).
 */
export type OutcomeKind = 'answered' | 'failed' | 'doubtful' | 'set-aside';

export interface Outcome {
  readonly exchange: Exchange;
  readonly kind: OutcomeKind;
  /** Who answered or failed; null where the backend header names nobody of the pool. */
  readonly group: Group | null;
}

/** The probes of an audit in the order in which they were sent. */
export function outcomesOf(exchanges: readonly Exchange[], view: PoolView, headers: HeaderNames): readonly Outcome[] {
  return exchanges
    .map((exchange) => ({ exchange, kind: kindOf(exchange, headers), group: groupOf(view, exchange.backend) }))
    .toSorted((a, b) => a.exchange.sentMs - b.exchange.sentMs);
}

const neverArrived: ReadonlySet<string> = new Set(['dns', 'connect', 'tls', 'connect-timeout']);

function kindOf(exchange: Exchange, headers: HeaderNames): OutcomeKind {
  const { status, error, refusedBy } = exchange;
  if (status === null) return neverArrived.has(error?.kind ?? '') ? 'set-aside' : 'doubtful';
  if (status >= 200 && status < 300) {
    return error === null && !isLikelyCached(exchange, headers) ? 'answered' : 'set-aside';
  }
  if (status >= 500) return error === null ? 'failed' : 'doubtful';
  if (status !== 429) return 'set-aside';
  if (refusedBy === 'model') return 'failed';
  return refusedBy === 'gateway-token-limit' ? 'set-aside' : 'doubtful';
}

export function isAnswer(outcome: Outcome): boolean {
  return outcome.kind === 'answered';
}

export function isFailure(outcome: Outcome): boolean {
  return outcome.kind === 'failed';
}

/** Sent after the other was received: the gateway decided on them in this order. */
export function isAfter(later: Outcome, earlier: Outcome): boolean {
  return later.exchange.sentMs >= earlier.exchange.receivedMs;
}
