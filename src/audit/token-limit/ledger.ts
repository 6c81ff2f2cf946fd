import type { Exchange } from '../../probe/exchange';
import type { Charge } from '../check';
import type { HeaderNames } from '../declaration';
import { isLikelyCached } from '../likely-cached';

/**
 * What was charged and what was refused, with the instants that cannot be seen from outside bounded on both sides:
 * a gateway decides on a probe soon after it was sent, and charges it soon before its answer was received (the charge
 * lands when the model has answered). "Soon" is `spreadMs`.
 */
export interface LedgerCharge {
  readonly sentMs: number;
  /** Earliest and latest instant at which the charge can have landed. */
  readonly fromMs: number;
  readonly toMs: number;
  /** What was surely and what was possibly charged; tokens. */
  readonly low: number;
  readonly high: number;
}

/** A probe that a model answered: the gateway had something left when it decided. */
export interface Admission {
  readonly exchange: Exchange;
  readonly charge: LedgerCharge;
  readonly sentMs: number;
  /** Latest instant of the gateway's decision. */
  readonly decidedByMs: number;
}

/** A probe that the gateway's own token limit refused: nothing was left when it decided. */
export interface Refusal {
  readonly exchange: Exchange;
  readonly sentMs: number;
  readonly decidedByMs: number;
  readonly receivedMs: number;
  /** What the refused probe's own prompt may add where a gateway estimates prompts; tokens. */
  readonly ownPrompt: number;
}

export interface Ledger {
  readonly admissions: readonly Admission[];
  readonly refusals: readonly Refusal[];
  /** Every charge of ours on this counter, those from before the audit included, in the order they were sent. */
  readonly charges: readonly LedgerCharge[];
  readonly spreadMs: number;
  /** Median latency of the answered probes; ms. */
  readonly latencyMs: number;
  /** What the smallest probe really cost, prompt and completion; tokens. Null before one was answered. */
  readonly smallestCost: number | null;
  readonly smallestPrompt: number;
}

export interface LedgerSource {
  readonly exchanges: readonly Exchange[];
  readonly priorCharges: readonly Charge[];
}

export const minuteMs = 60_000;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** A page of HTML or a broken body with 200 may come from anything in between: it shows no admission. */
export function isAnswered({ status, error }: Exchange): boolean {
  return status !== null && status >= 200 && status < 300 && error === null;
}

/** Whether a model answered behind it cannot be known. */
function isLost({ status, error }: Exchange): boolean {
  return status === null || status >= 500 || (status < 300 && error !== null);
}

export function isTokenLimitRefusal(exchange: Exchange): boolean {
  return exchange.refusedBy === 'gateway-token-limit';
}

/** Reads the exchanges of one counter into charges, admissions and refusals. */
export function readLedger(source: LedgerSource, headers: HeaderNames): Ledger {
  const refused = source.exchanges.filter(isTokenLimitRefusal);
  const answered = source.exchanges.filter((exchange) => isAnswered(exchange) && !isLikelyCached(exchange, headers));
  const estimates = refusesByEstimate(source.exchanges);
  const spreadMs = Math.max(500, 3 * median(refused.map((exchange) => exchange.receivedMs - exchange.sentMs)));
  const bySize = answered.filter((exchange) => exchange.usage !== null).toSorted((a, b) => totalOf(a) - totalOf(b));
  const smallest = bySize[0];
  const smallestPrompt = smallest?.usage?.prompt ?? Math.min(...source.exchanges.map((e) => e.asked.promptTokens));

  const admissions = answered.map((exchange) => ({
    exchange,
    charge: toCharge(exchange, spreadMs, estimates),
    sentMs: exchange.sentMs,
    decidedByMs: decidedBy(exchange, spreadMs, estimates),
  }));
  const lost = source.exchanges.filter(isLost).map(toLostCharge);
  const prior = source.priorCharges.map((charge) => ({
    sentMs: charge.sentMs,
    fromMs: Math.max(charge.sentMs, charge.receivedMs - spreadMs),
    toMs: charge.receivedMs,
    low: charge.sureTokens ?? charge.tokens,
    high: charge.tokens,
  }));
  return {
    admissions,
    refusals: refused.map((exchange) => ({
      exchange,
      sentMs: exchange.sentMs,
      decidedByMs: decidedBy(exchange, spreadMs, estimates),
      receivedMs: exchange.receivedMs,
      ownPrompt: Math.max(smallestPrompt, exchange.asked.promptTokens),
    })),
    charges: [...prior, ...admissions.map((admission) => admission.charge), ...lost].toSorted(
      (a, b) => a.sentMs - b.sentMs,
    ),
    spreadMs,
    latencyMs: median(answered.map((exchange) => exchange.receivedMs - exchange.sentMs)),
    smallestCost: smallest === undefined ? null : totalOf(smallest),
    smallestPrompt,
  };
}

/** A larger probe refused and a smaller one sent right after it admitted: the prompt counted before the answer. */
export function refusesByEstimate(exchanges: readonly Exchange[]): boolean {
  return exchanges.some((exchange, index) => {
    const next = exchanges[index + 1];
    return (
      next !== undefined &&
      isTokenLimitRefusal(exchange) &&
      isAnswered(next) &&
      next.asked.promptTokens < exchange.asked.promptTokens / 2 &&
      next.sentMs - exchange.receivedMs < 1_000
    );
  });
}

function totalOf(exchange: Exchange): number {
  return exchange.usage?.total ?? exchange.boundTokens;
}

function decidedBy(exchange: Exchange, spreadMs: number, estimates: boolean): number {
  return estimates ? exchange.receivedMs : Math.min(exchange.receivedMs, exchange.sentMs + spreadMs);
}

function toCharge(exchange: Exchange, spreadMs: number, estimates: boolean): LedgerCharge {
  return {
    sentMs: exchange.sentMs,
    fromMs: estimates ? exchange.sentMs : Math.max(exchange.sentMs, exchange.receivedMs - spreadMs),
    toMs: exchange.receivedMs,
    low: exchange.usage?.total ?? 0,
    high: totalOf(exchange),
  };
}

/** No answer came that can be believed, so a charge may have landed at any time after it was sent, or never. */
function toLostCharge(exchange: Exchange): LedgerCharge {
  return {
    sentMs: exchange.sentMs,
    fromMs: exchange.sentMs,
    toMs: exchange.receivedMs + minuteMs,
    low: 0,
    high: exchange.boundTokens,
  };
}
