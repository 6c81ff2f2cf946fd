import type { LimiterKind } from '../declaration';
import { type Admission, type Ledger, type LedgerCharge, minuteMs, type Refusal } from './ledger';

/**
 * What a limit must be for the evidence to be as it is, under one reading of how the gateway counts.
 *
 * Each admission proves that the limit is above what had surely been charged; each refusal of the token limit proves
 * that it is at most what may have been charged. Every unknown instant is taken on the side that favours the gateway,
 * so that a correct gateway's limit always lies in the interval of its own kind. An interval that is empty therefore
 * proves that the gateway counts in another way (or that somebody else was on the counter).
 */
export interface Reading {
  readonly kind: LimiterKind;
  /** The limit is above this; tokens per minute. */
  readonly above: number;
  /** The limit is at most this; null where nothing was ever refused. */
  readonly atMost: number | null;
  readonly possible: boolean;
}

/** The gateway's clock may differ from ours by this much when it starts a minute; ms. */
const minuteEdgeSkewMs = 2_000;

export const limiterKinds: readonly LimiterKind[] = ['sliding-window', 'token-bucket', 'fixed-window'];

/** The interval for the limit under each kind of limiter, from all admissions and refusals of one counter. */
export function readAs(kind: LimiterKind, ledger: Ledger): Reading {
  const above = Math.max(0, ...ledger.admissions.map((admission) => surelyUsed(kind, ledger.charges, admission)));
  const atMost =
    ledger.refusals.length === 0
      ? null
      : Math.min(...ledger.refusals.map((refusal) => possiblyUsed(kind, ledger.charges, refusal)));
  return { kind, above, atMost, possible: atMost === null || above < atMost };
}

/** What had surely been used up when the gateway admitted: its limit is above that. */
export function surelyUsed(
  kind: LimiterKind,
  charges: readonly LedgerCharge[],
  decision: Pick<Admission, 'sentMs' | 'decidedByMs'>,
): number {
  const landed = charges.filter((charge) => charge.toMs <= decision.sentMs);
  switch (kind) {
    case 'sliding-window':
      return sum(landed.filter((charge) => charge.fromMs > decision.decidedByMs - minuteMs).map(lowOf));
    case 'token-bucket':
      return largestOverStarts(
        landed.map((charge) => ({ atMs: charge.fromMs, tokens: charge.low })),
        decision.decidedByMs,
      );
    case 'fixed-window': {
      const edgeMs = Math.floor(decision.decidedByMs / minuteMs) * minuteMs;
      const nextEdgeMs = edgeMs + minuteMs;
      if (decision.decidedByMs > nextEdgeMs - minuteEdgeSkewMs) return 0;
      return sum(landed.filter((charge) => charge.fromMs >= edgeMs + minuteEdgeSkewMs).map(lowOf));
    }
    default:
      return unknownKind(kind);
  }
}

/** What may have been used up when the gateway refused: its limit is at most that. */
export function possiblyUsed(
  kind: LimiterKind,
  charges: readonly LedgerCharge[],
  refusal: Pick<Refusal, 'sentMs' | 'decidedByMs' | 'ownPrompt'>,
): number {
  const begun = charges.filter((charge) => charge.sentMs <= refusal.decidedByMs);
  switch (kind) {
    case 'sliding-window':
      return refusal.ownPrompt + sum(begun.filter((charge) => charge.toMs > refusal.sentMs - minuteMs).map(highOf));
    case 'token-bucket':
      return largestOverStarts(
        [
          { atMs: refusal.sentMs, tokens: refusal.ownPrompt },
          ...begun.map((charge) => ({ atMs: Math.min(charge.toMs, refusal.sentMs), tokens: charge.high })),
        ],
        refusal.sentMs,
      );
    case 'fixed-window': {
      const edgeMs = Math.floor((refusal.sentMs - minuteEdgeSkewMs) / minuteMs) * minuteMs - minuteEdgeSkewMs;
      return refusal.ownPrompt + sum(begun.filter((charge) => charge.toMs >= edgeMs).map(highOf));
    }
    default:
      return unknownKind(kind);
  }
}

interface Landing {
  readonly atMs: number;
  readonly tokens: number;
}

/**
 * A bucket that was full at its last start f has refilled limit · (t − f)/60 s since; it admits while what was charged
 * since f stays below limit · (1 + (t − f)/60 s), for every f.
 */
function largestOverStarts(landings: readonly Landing[], atMs: number): number {
  const latestFirst = landings.toSorted((a, b) => b.atMs - a.atMs);
  let tokens = 0;
  let largest = 0;
  for (const landing of latestFirst) {
    tokens += landing.tokens;
    largest = Math.max(largest, tokens / (1 + (atMs - landing.atMs) / minuteMs));
  }
  return largest;
}

/** What a bucket has left that was full at the start that leaves it least, and refilled since. */
function leastOverStarts(landings: readonly Landing[], refilledSince: (startMs: number) => number): number {
  const latestFirst = landings.toSorted((a, b) => b.atMs - a.atMs);
  let tokens = 0;
  let least = Number.POSITIVE_INFINITY;
  for (const landing of latestFirst) {
    tokens += landing.tokens;
    least = Math.min(least, refilledSince(landing.atMs) - tokens);
  }
  return least;
}

/** What a limiter of this kind has left at some instant of `use`: between what it must and what it may; below 0 is debt. */
export function leftBetween(
  kind: LimiterKind,
  limits: Limits,
  use: Use,
): { readonly least: number; readonly most: number } {
  const { charges, fromMs, toMs, ownCharge } = use;
  const instant = { sentMs: fromMs, decidedByMs: toMs, ownPrompt: 0 };
  const others = charges.filter((charge) => charge !== ownCharge);
  if (kind !== 'token-bucket') {
    return {
      least: limits.low - possiblyUsed(kind, charges, instant),
      most: limits.high - surelyUsed(kind, others, instant),
    };
  }
  const begun = charges.filter((charge) => charge.sentMs <= toMs);
  const landed = others.filter((charge) => charge.toMs <= fromMs);
  const least = leastOverStarts(
    begun.map((charge) => ({ atMs: charge.toMs, tokens: charge.high })),
    (start) => limits.low * (1 + Math.max(0, fromMs - start) / minuteMs),
  );
  const most = leastOverStarts(
    landed.map((charge) => ({ atMs: charge.fromMs, tokens: charge.low })),
    (start) => limits.high * (1 + (toMs - start) / minuteMs),
  );
  return { least: Math.min(limits.low, least), most: Math.min(limits.high, most) };
}

/** The limits between which the one in force is taken to lie; tokens per minute. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

export interface Use {
  readonly charges: readonly LedgerCharge[];
  /** The instant lies between these two; epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** A charge that may or may not have landed by then. */
  readonly ownCharge?: LedgerCharge;
}

/**
 * How long after `atMs` a bucket of `limit` may still refuse, at the worst for us: every possible charge landed, at
 * its latest. Milliseconds; zero where something is left.
 */
export function bucketPaysIn(limit: number, charges: readonly LedgerCharge[], atMs: number): number {
  const { least } = leftBetween(
    'token-bucket',
    { low: limit, high: limit },
    {
      charges,
      fromMs: atMs,
      toMs: atMs,
    },
  );
  return (minuteMs * Math.max(0, -least)) / limit;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function lowOf(charge: LedgerCharge): number {
  return charge.low;
}

function highOf(charge: LedgerCharge): number {
  return charge.high;
}

function unknownKind(kind: never): never {
  throw new Error(`Unknown limiter kind: ${String(kind)}`);
}
