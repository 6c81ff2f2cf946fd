import type { Exchange } from '../../probe/exchange';
import type { AuditState } from '../check';
import type { LimiterKind } from '../declaration';
import { sum } from './bounds';
import { isAnswered, isTokenLimitRefusal, type Ledger, readLedger } from './ledger';
import { type Band, bandOf } from './tolerance';

/** Allowance for clocks, networks and rounding beyond what the exchanges themselves show; ms. */
export const slackMs = 2_000;

/** How many refusals in a row show that a counter is used up, and not one of several. */
export function refusalsToBelieve(counters: number): number {
  return counters > 1 ? 10 : 6;
}

/** How many refusals in a row leave less than 1 in 100,000 for a counter that random routing has not asked. */
export function refusalsToBeSure(counters: number): number {
  return Math.max(refusalsToBelieve(counters), Math.ceil(Math.log(1e-5) / Math.log(1 - 1 / counters)));
}

/** A kind of limiter with the band around the declared limit that it is granted. */
export interface PlannedKind {
  readonly kind: LimiterKind;
  readonly band: Band;
}

/** What the planning of a token-limit audit looks at, derived from the exchanges so far. */
export interface Facts {
  readonly state: AuditState;
  readonly exchanges: readonly Exchange[];
  readonly ledger: Ledger;
  readonly limit: number;
  readonly counters: number;
  /** The kinds by whose bounds the steps are sized, in turn. It only makes steps fit; it narrows no verdict. */
  readonly kinds: readonly PlannedKind[];
  /** What this audit may have cost so far; tokens. */
  readonly spent: number;
  /** The first exchange after which the counter counts as used up; null before. */
  readonly saturatedAt: number | null;
}

export function factsOf(state: AuditState): Facts {
  const { customer, gateway } = state.declared;
  const ledger = readLedger(state, gateway.headers);
  // A window's bound is reached first, so its edges come first where nothing is declared.
  const kinds: readonly LimiterKind[] =
    gateway.limiter === 'unknown' ? ['sliding-window', 'token-bucket'] : [gateway.limiter];
  return {
    state,
    exchanges: state.exchanges,
    ledger,
    limit: customer.tokensPerMinute,
    counters: gateway.counters,
    kinds: kinds.map((kind) => ({ kind, band: bandOf(state.declared, ledger, kind) })),
    spent: sum(ledger.admissions.map((admission) => admission.charge.high)),
    saturatedAt: saturationOf(state.exchanges, refusalsToBelieve(gateway.counters)),
  };
}

function saturationOf(exchanges: readonly Exchange[], needed: number): number | null {
  let inARow = 0;
  for (const [index, exchange] of exchanges.entries()) {
    if (isAnswered(exchange)) inARow = 0;
    if (isTokenLimitRefusal(exchange) && exchange.asked.step === refusedStep) inARow += 1;
    if (inARow === needed) return index;
  }
  return null;
}

/** Names of the steps, as they stand in every exchange. */
export const firstStep = 'first';
export const coarseStep = 'coarse';
export const edgeStep = 'edge';
export const insideStep = 'inside';
export const beyondStep = 'beyond';
export const refusedStep = 'refused';
export const pushStep = 'push';
export const againStep = 'again';
export const stayStep = 'stay';
export const debtStep = 'debt';
