import type { Exchange } from '../probe/exchange';
import type { BackendSummary, Summary } from './report';

const refusals: ReadonlySet<number> = new Set([401, 403, 429]);

/**
 * An audit in numbers. Latency is that of answered probes only, from sending to the last byte: refusals come back at
 * once and would hide it. Tokens are what models reported. Probes without a status line count as `none`.
 */
export function summarise(exchanges: readonly Exchange[]): Summary {
  const answered = exchanges.filter(isAnswered);
  const refused = exchanges.filter(({ status }) => status !== null && refusals.has(status));
  const latencies = answered.map(({ sentMs, receivedMs }) => receivedMs - sentMs);
  const lateness = exchanges.map(({ intendedMs, sentMs }) => Math.max(0, sentMs - intendedMs));
  return {
    probes: exchanges.length,
    answered: answered.length,
    refused: refused.length,
    failed: exchanges.length - answered.length - refused.length,
    tokens: {
      prompt: sumOf(exchanges, ({ usage }) => usage?.prompt ?? 0),
      completion: sumOf(exchanges, ({ usage }) => usage?.completion ?? 0),
      total: sumOf(exchanges, ({ usage }) => usage?.total ?? 0),
    },
    latencyMs: latencies.length === 0 ? null : { ...percentiles(latencies, ['p50', 'p90', 'p99', 'max']) },
    lateMs: lateness.length === 0 ? null : { ...percentiles(lateness, ['p50', 'p99']) },
    byStatus: countByStatus(exchanges),
    byBackend: sumByBackend(exchanges),
  };
}

function isAnswered({ status, error }: Exchange): boolean {
  return status !== null && status >= 200 && status < 300 && error === null;
}

const ranks = { p50: 0.5, p90: 0.9, p99: 0.99, max: 1 } as const;

/**
 * Nearest rank on a full sort: an audit has at most some thousand values, so nothing is gained by a histogram, and
 * every number named is one that was measured. Milliseconds, to a tenth.
 */
export function percentiles<Name extends keyof typeof ranks>(values: readonly number[], names: readonly Name[]) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return Object.fromEntries(names.map((name) => [name, Math.round(at(ranks[name]) * 10) / 10])) as Record<Name, number>;
}

function sumOf(exchanges: readonly Exchange[], value: (exchange: Exchange) => number): number {
  return exchanges.reduce((sum, exchange) => sum + value(exchange), 0);
}

function countByStatus(exchanges: readonly Exchange[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of exchanges) {
    const key = status === null ? 'none' : String(status);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** A pool has at most 30 members; a header with more values names something else, and reports must stay small. */
const mostDetailedBackends = 50;

function sumByBackend(exchanges: readonly Exchange[]): Summary['byBackend'] {
  const groups = new Map<string, Exchange[]>();
  for (const exchange of exchanges) {
    if (exchange.backend === null) continue;
    const group = groups.get(exchange.backend);
    if (group) group.push(exchange);
    else groups.set(exchange.backend, [exchange]);
  }
  const answered = exchanges.filter((exchange) => exchange.backend !== null && isAnswered(exchange)).length;
  const isDetailed = groups.size <= mostDetailedBackends;
  return Object.fromEntries(
    [...groups].map(([backend, own]) => [
      backend,
      {
        probes: own.length,
        tokens: sumOf(own, ({ usage }) => usage?.total ?? 0),
        ...(isDetailed && answered > 0 && detailsOf(own.filter(isAnswered), answered)),
      },
    ]),
  );
}

function detailsOf(answers: readonly Exchange[], allAnswered: number): Pick<BackendSummary, 'share' | 'latencyMs'> {
  const latencies = answers.map(({ sentMs, receivedMs }) => receivedMs - sentMs);
  return {
    share: Math.round((answers.length / allAnswered) * 10_000) / 10_000,
    ...(answers.length > 0 && { latencyMs: percentiles(latencies, ['p50', 'p90', 'p99', 'max']) }),
  };
}
