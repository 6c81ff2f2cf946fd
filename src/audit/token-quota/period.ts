import type { TokenQuota } from '../declaration';

type Period = TokenQuota['period'];

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/**
 * The fixed UTC period that holds `atMs`: start (epoch ms) and end; quotas count from the UTC timestamp cut off to the
 * unit. The day on which a week begins is not documented, so a week is bounded by the days that it may begin on.
 */
export function periodOf(period: Period, atMs: number): { readonly startMs: number; readonly endMs: number | null } {
  const at = new Date(atMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  switch (period) {
    case 'Hourly':
      return fixed(atMs, hourMs);
    case 'Daily':
      return fixed(atMs, dayMs);
    case 'Weekly':
      return { startMs: fixed(atMs, dayMs).startMs, endMs: null };
    case 'Monthly':
      return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
    case 'Yearly':
      return { startMs: Date.UTC(year, 0, 1), endMs: Date.UTC(year + 1, 0, 1) };
    default: {
      const unknown: never = period;
      throw new RangeError(`No quota period ${String(unknown)} is known.`);
    }
  }
}

/** Where a period may end that holds `atMs`: one instant, or each of the next seven midnights for a week. Epoch ms. */
export function possibleEnds(period: Period, atMs: number): readonly number[] {
  const { startMs, endMs } = periodOf(period, atMs);
  return endMs === null ? Array.from({ length: 7 }, (_, day) => startMs + (day + 1) * dayMs) : [endMs];
}

/** Whether two instants may lie in different periods. */
export function mayHaveTurned(period: Period, fromMs: number, toMs: number): boolean {
  return periodOf(period, fromMs).startMs !== periodOf(period, toMs).startMs;
}

function fixed(atMs: number, lengthMs: number): { readonly startMs: number; readonly endMs: number } {
  const startMs = Math.floor(atMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
}
