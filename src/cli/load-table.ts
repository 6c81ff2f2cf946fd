import type { LoadResult } from '../app/load';
import type { LoadCounts, Percentiles } from '../probe/load-tally';
import { renderTable, type TableStyle } from './table';

type Times = Partial<Percentiles> | null;

/** A load in a few lines: how many, how long, how late, what it cost. */
export function renderLoad(result: LoadResult, style: TableStyle): string {
  const { planned, sent, unsent, answered, refused, failed, tokens } = result;
  const times = [
    ...timesRow('latency', result.latencyMs),
    ...timesRow('first token', result.ttftMs),
    ...timesRow('between tokens', result.betweenTokensMs),
    ...timesRow('late', result.lateMs),
  ];
  const columns = ['ms', 'p50', 'p90', 'p95', 'p99', 'max'].map((title) => ({ title }));
  return [
    `${count(planned)} planned · ${count(sent)} sent · ${count(unsent)} unsent · ${count(answered)} answered · ${count(refused)} refused · ${count(failed)} failed`,
    ...(times.length > 0 ? [renderTable(columns, times, style)] : []),
    ...(result.customers ? [renderCustomers(result.customers, style)] : []),
    `${result.requestsPerSecond} requests/s over ${result.seconds} s · ${count(tokens.total)} tokens (${count(tokens.prompt)} prompt, ${count(tokens.completion)} completion) · ${statusText(result)}`,
    `${result.cpuMsPerRequest} ms CPU a request · ${result.maxRssMb} MB`,
  ].join('\n');
}

/** What is counted so far, on one line. */
export function liveLine(elapsedMs: number, counts: LoadCounts): string {
  const { sent, answered, refused, failed, latencyMs, lateMs } = counts;
  const latency = latencyMs === null ? '' : ` · p50 ${latencyMs.p50} p95 ${latencyMs.p95} p99 ${latencyMs.p99} ms`;
  const late = lateMs === null ? '' : ` · late p99 ${lateMs.p99} ms`;
  return `${Math.floor(elapsedMs / 1000)} s: ${sent} sent, ${answered} answered, ${refused} refused, ${failed} failed${latency}${late}`;
}

function timesRow(name: string, times: Times): readonly (readonly string[])[] {
  if (times === null) return [];
  const cell = (value: number | undefined) => (value === undefined ? '' : String(value));
  return [[name, cell(times.p50), cell(times.p90), cell(times.p95), cell(times.p99), cell(times.max)]];
}

function renderCustomers(customers: Readonly<Record<string, LoadCounts>>, style: TableStyle): string {
  const titles = ['customer', 'sent', 'answered', 'refused', 'failed', 'tokens', 'p50 ms', 'p99 ms'];
  const rows = Object.entries(customers).map(([id, { sent, answered, refused, failed, tokens, latencyMs }]) => [
    id,
    ...[sent, answered, refused, failed, tokens.total].map(count),
    ...[latencyMs?.p50, latencyMs?.p99].map((ms) => (ms === undefined ? '–' : String(ms))),
  ]);
  return renderTable(
    titles.map((title) => ({ title })),
    rows,
    style,
  );
}

function statusText({ byStatus }: LoadResult): string {
  const parts = Object.entries(byStatus).map(([status, times]) => `${count(times)} × ${status}`);
  return parts.length === 0 ? 'no answer' : parts.join(', ');
}

function count(value: number): string {
  return value.toLocaleString('en');
}
