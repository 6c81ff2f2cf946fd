import type { Exchange } from '../../probe/exchange';
import type { Report } from '../report';
import { type DayRollUp, foldIntoDay } from './day-roll-up';

/** All that a customer's audits did since its row began: only ever growing, as counters of a metrics system must. */
export interface AuditTotals extends Omit<DayRollUp, 'day' | 'byBackend' | 'audits'> {
  /** Of the probes in `latencyBuckets`; milliseconds. */
  readonly latencySumMs: number;
}

/** What the last audits measured, by the check that measures it. */
export interface LastMeasured {
  readonly tokensPerMinute?: { readonly low: number; readonly high: number | null };
  /** By backend, 0 to 1. */
  readonly shares?: Readonly<Record<string, number>>;
}

export function addToTotals(
  current: AuditTotals | undefined,
  { report, exchanges }: { readonly report: Report; readonly exchanges: readonly Exchange[] },
): AuditTotals {
  const before = current && { ...current, day: '', audits: 0, byBackend: {} };
  const { day: _, audits: __, byBackend: ___, ...sums } = foldIntoDay(before ?? null, report, exchanges);
  const answered = exchanges.filter(
    ({ status, error }) => error === null && status !== null && status >= 200 && status <= 299,
  );
  const addedMs = answered.reduce((sum, { sentMs, receivedMs }) => sum + receivedMs - sentMs, 0);
  return { ...sums, latencySumMs: (current?.latencySumMs ?? 0) + addedMs };
}

/** What an audit did not measure stays as it was measured last. */
export function measuredAfter(before: LastMeasured | undefined, { estimate }: Report): LastMeasured {
  const { tokensPerMinute, shares } = estimate;
  return {
    ...before,
    ...(tokensPerMinute && { tokensPerMinute }),
    ...(shares && {
      shares: Object.fromEntries(Object.entries(shares).map(([backend, { observed }]) => [backend, observed])),
    }),
  };
}
