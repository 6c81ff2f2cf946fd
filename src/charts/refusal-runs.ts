import type { Exchange } from '../probe/exchange';

/** From the first refusal after an admission to the next admission; epoch ms. */
export interface RefusalRun {
  readonly fromMs: number;
  /** The last refusal: until then it surely lasted. */
  readonly lastMs: number;
  /** When a probe was admitted again; null where none was. */
  readonly admittedMs: number | null;
  /** Until when the first refusal asked to wait; null where it did not say. */
  readonly promisedMs: number | null;
  readonly refusals: number;
}

/** The stretches of an audit in which the gateway's own token limit refused. */
export function refusalRuns(exchanges: readonly Exchange[]): readonly RefusalRun[] {
  const runs: RefusalRun[] = [];
  for (const exchange of exchanges.toSorted((a, b) => a.receivedMs - b.receivedMs)) {
    const last = runs.at(-1);
    const open = last?.admittedMs === null ? last : null;
    if (exchange.refusedBy === 'gateway-token-limit') {
      const { receivedMs } = exchange;
      const began = { fromMs: receivedMs, admittedMs: null, promisedMs: promisedBy(exchange), refusals: 0 };
      runs.splice(open === null ? runs.length : -1, 1, {
        ...(open ?? began),
        lastMs: receivedMs,
        refusals: (open?.refusals ?? 0) + 1,
      });
    } else if (open !== null && isAdmitted(exchange) && exchange.sentMs >= open.fromMs) {
      runs.splice(-1, 1, { ...open, admittedMs: exchange.receivedMs });
    }
  }
  return runs;
}

export function isAdmitted({ status, error }: Exchange): boolean {
  return error === null && status !== null && status >= 200 && status < 300;
}

function promisedBy({ receivedMs, retryAfterMs }: Exchange): number | null {
  return retryAfterMs === null ? null : receivedMs + retryAfterMs;
}
