import { minuteMs, type Refusal } from './ledger';
import type { View } from './view';

/** Shorter promises cannot be told from constant or halved ones, given the slack. */
export const tellingPromiseMs = 9_000;

/** A wait that the gateway named in a refusal: it ends somewhere between `fromMs` and `toMs` (epoch ms). */
export interface Promised {
  readonly refusal: Refusal;
  readonly waitMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What all findings of one rule say they expect. */
export interface Heading {
  readonly rule: string;
  readonly expected: string;
}

/** The promise of one refusal; none where it carries no wait that can be read. */
export function promiseOf(refusal: Refusal, isHeaderDeclared: boolean): readonly Promised[] {
  const { retryAfterMs, messageWait } = refusal.exchange;
  const waitMs = isHeaderDeclared ? retryAfterMs : (retryAfterMs ?? messageWait?.waitMs ?? null);
  if (waitMs === null) return [];
  return [{ refusal, waitMs, fromMs: refusal.sentMs + waitMs, toMs: refusal.receivedMs + waitMs }];
}

/** When the oldest and the latest of our own charges leave the window that a refusal was decided on. */
export function windowEnds(view: View, refusal: Refusal): { readonly firstMs: number; readonly lastMs: number } {
  const inWindow = view.ledger.charges.filter(
    (charge) => charge.sentMs <= refusal.decidedByMs && charge.toMs > refusal.sentMs - minuteMs,
  );
  // Refused with nothing of ours in the window: somebody else's charge, which may end at any time.
  if (inWindow.length === 0) return { firstMs: Number.NEGATIVE_INFINITY, lastMs: Number.POSITIVE_INFINITY };
  return {
    firstMs: Math.min(...inWindow.map((charge) => charge.fromMs)) + minuteMs,
    lastMs: Math.max(...inWindow.map((charge) => charge.toMs)) + minuteMs,
  };
}

export function promised(promise: Promised): string {
  return `${seconds(promise.waitMs)} promised by probe ${promise.refusal.exchange.probe}`;
}

export function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
