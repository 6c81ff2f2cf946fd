/** What a meter shows of one subscription over a span; tokens. */
export interface MeterRow {
  readonly subscriptionId: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
}

/** Usage per subscription, added up by the minute as Azure Monitor does. Times are epoch milliseconds. */
export interface Meter {
  record(atMs: number, subscriptionId: string, tokens: { readonly prompt: number; readonly completion: number }): void;
  /** The minutes that begin in [fromMs, toMs), a row a subscription. */
  read(fromMs: number, toMs: number): readonly MeterRow[];
}

const minuteMs = 60_000;

export function createMeter(): Meter {
  const minutes = new Map<number, Map<string, MeterRow>>();
  return {
    record(atMs, subscriptionId, { prompt, completion }) {
      const minute = Math.floor(atMs / minuteMs) * minuteMs;
      const rows = minutes.get(minute) ?? new Map<string, MeterRow>();
      minutes.set(minute, rows);
      const row = {
        subscriptionId,
        requests: 1,
        promptTokens: prompt,
        completionTokens: completion,
        totalTokens: prompt + completion,
      };
      rows.set(subscriptionId, addRows(rows.get(subscriptionId), row));
    },
    read(fromMs, toMs) {
      const sums = new Map<string, MeterRow>();
      for (const [minute, rows] of minutes) {
        if (minute < fromMs || minute >= toMs) continue;
        for (const row of rows.values()) sums.set(row.subscriptionId, addRows(sums.get(row.subscriptionId), row));
      }
      return [...sums.values()];
    },
  };
}

function addRows(sum: MeterRow | undefined, row: MeterRow): MeterRow {
  if (!sum) return row;
  return {
    subscriptionId: row.subscriptionId,
    requests: sum.requests + row.requests,
    promptTokens: sum.promptTokens + row.promptTokens,
    completionTokens: sum.completionTokens + row.completionTokens,
    totalTokens: sum.totalTokens + row.totalTokens,
  };
}
