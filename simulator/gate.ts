import { type Answer, gatewayAnswer } from './answer';
import type { SimulatorConfig } from './config';
import type { Customer } from './customer';
import type { Limiter } from './limiter';
import type { ModelRequest } from './model-request';
import { tokenLimitMessage, tokenQuotaMessage } from './refusal-text';

type HeaderNames = SimulatorConfig['headers'];

/** A request that the token limit let through: what it is counted on, and what was set aside for it; tokens. */
export interface Passed {
  readonly customer: Customer;
  /** Chooses among the customer's unsynchronised counters. */
  readonly turn: number;
  readonly reservedTokens: number;
  /** False: the token limit does not see it. */
  readonly isCounted: boolean;
  /** What the remaining header of a streamed answer can know. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a customer that never recovers is told after its limiter would have let it in again. */
const neverEndingWaitSeconds = 30;

/**
 * The token limit policy at the inbound side. The minute's limit is asked before the quota; the order is not
 * documented. A streamed prompt is always estimated, others where the policy says so.
 */
export function passGate(
  nowMs: number,
  asked: ModelRequest,
  { customer, turn, names }: { readonly customer: Customer; readonly turn: number; readonly names: HeaderNames },
): { readonly refusal: Answer } | { readonly passed: Passed } {
  const { behaviour, counter } = customer;
  const limiter = counter.limiterFor(nowMs, turn);
  const estimate = behaviour.estimates !== 'no' || asked.streamed ? asked.promptTokens : 0;
  const remaining = remainingHeaders(nowMs, { customer, limiter, names });

  const isCounted = behaviour.limitSees(asked);
  if (behaviour.enforcesLimit && isCounted) {
    const wait = limitWait(nowMs, { customer, limiter, estimate });
    if (wait !== 'none') return { refusal: limitRefusal(wait, { customer, names, remaining }) };
  }
  const quota = counter.quota?.decide(nowMs, estimate);
  if (quota && !quota.admitted) {
    const seconds = behaviour.stateQuotaWait(quota.retryAfterSeconds);
    const message = tokenQuotaMessage(quota.why, seconds);
    return { refusal: gatewayAnswer(403, message, { ...remaining, [names.retryAfter]: String(seconds) }) };
  }
  const reservedTokens = behaviour.estimates === 'reserved' && isCounted ? estimate : 0;
  limiter.charge(nowMs, reservedTokens);
  return { passed: { customer, turn, reservedTokens, isCounted, headers: remaining } };
}

/** Charges what an answer cost and says so in headers: what was consumed, and what is left after it. */
export function chargeAnswer(nowMs: number, passed: Passed, tokens: number, names: HeaderNames) {
  const { customer, turn, reservedTokens, isCounted } = passed;
  const limiter = customer.counter.limiterFor(nowMs, turn);
  if (isCounted) limiter.charge(nowMs, Math.max(0, tokens - reservedTokens));
  customer.counter.quota?.charge(nowMs, tokens);
  return {
    ...numberHeader(names.consumedTokens, customer.behaviour.stateConsumed(tokens)),
    ...remainingHeaders(nowMs, { customer, limiter, names }),
  };
}

function limitWait(
  nowMs: number,
  {
    customer,
    limiter,
    estimate,
  }: { readonly customer: Customer; readonly limiter: Limiter; readonly estimate: number },
): 'none' | 'no-time' | number {
  const { behaviour } = customer;
  if (estimate > behaviour.tokensPerMinute) return 'no-time';
  const decision = limiter.decide(nowMs, estimate);
  if (!decision.admitted) {
    customer.wasRefused = true;
    return decision.retryAfterSeconds;
  }
  return customer.wasRefused && !behaviour.recovers ? neverEndingWaitSeconds : 'none';
}

function limitRefusal(
  wait: 'no-time' | number,
  where: {
    readonly customer: Customer;
    readonly names: HeaderNames;
    readonly remaining: Readonly<Record<string, string>>;
  },
): Answer {
  if (wait === 'no-time') return gatewayAnswer(429, tokenLimitMessage(null), where.remaining);
  const stated = where.customer.behaviour.stateWait(wait);
  const header = stated.header === null ? {} : { [where.names.retryAfter]: stated.header };
  return gatewayAnswer(429, tokenLimitMessage(stated.messageSeconds), { ...where.remaining, ...header });
}

function remainingHeaders(
  nowMs: number,
  { customer, limiter, names }: { readonly customer: Customer; readonly limiter: Limiter; readonly names: HeaderNames },
): Record<string, string> {
  return {
    ...numberHeader(names.remainingTokens, customer.behaviour.stateRemaining(limiter.remaining(nowMs))),
    ...numberHeader(names.remainingQuotaTokens, customer.counter.quota?.remaining(nowMs) ?? null),
  };
}

function numberHeader(name: string | null, value: number | null): Record<string, string> {
  return name === null || value === null ? {} : { [name]: String(value) };
}
