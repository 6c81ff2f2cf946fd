import { createHistogram } from 'node:perf_hooks';
import type { Exchange, ProbeRequest, TokenUsage } from './exchange';

/** Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What came of the probes of a load, or of one customer in it. Null: nothing was there to be measured. */
export interface LoadCounts {
  readonly sent: number;
  /** 2xx with a usable body; 401, 403 and 429; everything else that ended. */
  readonly answered: number;
  readonly refused: number;
  readonly failed: number;
  /** Of those answered: from the moment meant to the last byte. Refusals come at once and would hide it. */
  readonly latencyMs: Percentiles | null;
  /** Of streamed answers: from the moment meant to the first event with words. */
  readonly ttftMs: Percentiles | null;
  /** Of streamed answers that report usage: from the first words to the last ÷ completion tokens after the first. */
  readonly betweenTokensMs: Percentiles | null;
  /** How long after the moment meant probes were sent. */
  readonly lateMs: Pick<Percentiles, 'p50' | 'p99' | 'max'> | null;
  readonly tokens: TokenUsage;
  /** By status code; `none` where no status line came. */
  readonly byStatus: Readonly<Record<string, number>>;
}

export interface LoadTally {
  addSent(lateMs: number): void;
  addExchange(exchange: Exchange): void;
  /** What is counted so far; may be asked at any moment. */
  counts(): LoadCounts;
}

const refusals: ReadonlySet<number> = new Set([401, 403, 429]);

/** Adds up a load as it goes: memory and time of a percentile do not grow with it. */
export function tallyLoad(): LoadTally {
  const latency = distribution();
  const firstToken = distribution();
  const betweenTokens = distribution();
  const late = distribution();
  const byStatus: Record<string, number> = {};
  const tokens = { prompt: 0, completion: 0, total: 0 };
  let sent = 0;
  let answered = 0;
  let refused = 0;
  let failed = 0;

  return {
    addSent(lateMs) {
      sent += 1;
      late.add(lateMs);
    },
    addExchange(exchange) {
      const { status, usage, intendedMs, receivedMs } = exchange;
      const statusText = status === null ? 'none' : String(status);
      byStatus[statusText] = (byStatus[statusText] ?? 0) + 1;
      tokens.prompt += usage?.prompt ?? 0;
      tokens.completion += usage?.completion ?? 0;
      tokens.total += usage?.total ?? 0;
      if (status !== null && status >= 200 && status < 300 && exchange.error === null) {
        answered += 1;
        latency.add(receivedMs - intendedMs);
        addStream(exchange);
      } else if (status !== null && refusals.has(status)) refused += 1;
      else failed += 1;
    },
    counts() {
      const lateness = late.percentiles();
      return {
        sent,
        answered,
        refused,
        failed,
        latencyMs: latency.percentiles(),
        ttftMs: firstToken.percentiles(),
        betweenTokensMs: betweenTokens.percentiles(),
        lateMs: lateness === null ? null : { p50: lateness.p50, p99: lateness.p99, max: lateness.max },
        tokens: { ...tokens },
        byStatus: { ...byStatus },
      };
    },
  };

  function addStream({ stream, usage, intendedMs }: Exchange): void {
    if (stream === undefined) return;
    firstToken.add(stream.firstMs - intendedMs);
    const later = (usage?.completion ?? 0) - 1;
    if (later >= 1 && stream.events > 1) betweenTokens.add((stream.lastMs - stream.firstMs) / later);
  }
}

/** Parts of a millisecond that are told apart, and the longest time that is; microseconds. */
const longestMicroseconds = 3_600_000_000;

/**
 * Node's own HDR histogram: 3 digits that count (0.1 % of a value) up to an hour in 180 KB, however long a load lasts, and
 * a percentile without a sort, so that showing it live makes no probe late. The largest value is kept exactly.
 */
function distribution() {
  const histogram = createHistogram({ lowest: 1, highest: longestMicroseconds, figures: 3 });
  let largestMs = 0;
  const at = (percent: number) => Math.min(largestMs, toTenths(histogram.percentile(percent) / 1000));
  return {
    add(ms: number): void {
      largestMs = Math.max(largestMs, toTenths(ms));
      histogram.record(Math.min(longestMicroseconds, Math.max(1, Math.round(ms * 1000))));
    },
    percentiles(): Percentiles | null {
      if (histogram.count === 0) return null;
      return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: largestMs };
    },
  };
}

function toTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** A load's counts and, where it has more than one customer, each one's. */
export function tallyByCustomer(customers: readonly string[]) {
  const all = tallyLoad();
  const own = new Map(customers.length > 1 ? customers.map((id) => [id, tallyLoad()]) : []);
  return {
    addSent(request: ProbeRequest, lateMs: number): void {
      all.addSent(lateMs);
      own.get(request.customerId ?? '')?.addSent(lateMs);
    },
    addExchange(exchange: Exchange): void {
      all.addExchange(exchange);
      own.get(exchange.asked.customerId ?? '')?.addExchange(exchange);
    },
    counts: () => all.counts(),
    /** What models reported for one of the customers. */
    tokensOf: (customerId: string) => (own.get(customerId) ?? all).counts().tokens.total,
    countsByCustomer: () => Object.fromEntries([...own].map(([id, tally]) => [id, tally.counts()])),
  };
}
