import type { Exchange } from '../../probe/exchange';
import { isFailure, type Outcome } from './outcomes';
import type { PoolView } from './pool-view';

/** Allowance for clocks, networks and rounding; ms. */
export const slackMs = 2_000;

/** Retry-After is said in whole seconds. */
const shortestRetryAfterMs = 1_000;

/** For how long a breaker that a failure tripped stays open: at least, and at most (infinite where nobody can know). */
export interface OpenTime {
  readonly leastMs: number;
  readonly mostMs: number;
}

/**
 * With `acceptRetryAfter` a breaker stays open for the Retry-After of its backend, where that sends one. It cannot be
 * seen where the gateway answered in the backend's place, nor on a 429 that carries none; Azure OpenAI may say a day.
 */
export function openTimeOf({ exchange, group, kind }: Outcome, view: PoolView): OpenTime {
  const fixed = { leastMs: view.tripMs, mostMs: view.tripMs };
  if (!view.pool.acceptRetryAfter || kind === 'doubtful') return fixed;
  const said = saidRetryAfterMs(exchange);
  if (said !== null) return { leastMs: said, mostMs: said };
  if (group !== null && exchange.status !== 429) return fixed;
  return { leastMs: leastOpenMs(view), mostMs: Number.POSITIVE_INFINITY };
}

/** The shortest time that a breaker of which nothing is known can be open. */
export function leastOpenMs(view: PoolView): number {
  return view.pool.acceptRetryAfter ? Math.min(shortestRetryAfterMs, view.tripMs) : view.tripMs;
}

/** The backend's own header counts for breakers, also where the gateway's policy uses another. */
function saidRetryAfterMs(exchange: Exchange): number | null {
  const own = exchange.headers['retry-after'];
  if (own !== undefined && /^\d{1,9}$/.test(own.trim())) return Number(own) * 1000;
  return exchange.retryAfterMs;
}

/** How many client errors a breaker may let through before all gateway instances have tripped. */
export interface Allowance {
  readonly errors: number;
  /** Where a breaker counts in fixed intervals, an edge between two of them hides some; this many is granted to that. */
  readonly mostErrors: number;
}

export function allowanceOf({ pool }: PoolView): Allowance {
  const errorsOf = (failures: number) => pool.instances * Math.ceil(failures / (pool.retries + 1));
  return { errors: errorsOf(pool.failures), mostErrors: errorsOf(2 * pool.failures - 1) };
}

/**
 * Failures of one group that came while its breakers must have been open: all of them had seen as many failures as
 * trip them, and none can have closed again. What was in flight when they tripped is no excess.
 */
export function excessOf(failures: readonly Outcome[], errors: number, view: PoolView): readonly Outcome[] {
  const excess: Outcome[] = [];
  let counted: readonly Outcome[] = [];
  let open: { readonly fromMs: number; readonly untilMs: number } | null = null;
  for (const failure of failures) {
    const { sentMs, receivedMs } = failure.exchange;
    if (open !== null && sentMs <= open.untilMs) {
      if (sentMs >= open.fromMs && receivedMs < open.untilMs) excess.push(failure);
      continue;
    }
    const windowMs = Math.min(view.intervalMs, ...counted.map((one) => openTimeOf(one, view).leastMs));
    counted = [...counted.filter(({ exchange }) => receivedMs - exchange.sentMs <= windowMs), failure];
    if (counted.length < errors) continue;
    const leastMs = Math.min(...counted.map((one) => openTimeOf(one, view).leastMs));
    // Some of them may have tripped with the first failure of these, so they may be closed again that much earlier.
    const firstMs = Math.min(...counted.map(({ exchange }) => exchange.sentMs));
    open = { fromMs: Math.max(...counted.map(({ exchange }) => exchange.receivedMs)), untilMs: firstMs + leastMs };
    counted = [];
  }
  return excess;
}

/** Failures by who failed; those of nobody known together, as those of one. */
export function failuresByGroup(outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] {
  const failures = outcomes.filter(isFailure);
  const groups = new Set(failures.map(({ group }) => group));
  return [...groups].map((group) => failures.filter((failure) => failure.group === group));
}
