import type { Exchange, TokenUsage } from '../../probe/exchange';
import type { CheckName } from '../declaration';
import type { ReportDraft } from '../report';
import type { Verdict } from '../verdict';

/** Upper bounds (inclusive) of the latency buckets, milliseconds; what is slower counts under `+Inf`. */
export const latencyBoundsMs = [25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000] as const;

/** Named backends of one day; a gateway that answers with ever new names must not make the row grow for ever. */
const maxBackends = 50;
const maxBackendNameLength = 100;
const otherBackends = '(other)';

/** What one customer's audits did on one UTC day. */
export interface DayRollUp {
  /** `2026-11-22`. */
  readonly day: string;
  readonly audits: number;
  readonly probes: {
    readonly sent: number;
    readonly answered: number;
    readonly refused: number;
    readonly failed: number;
  };
  readonly tokens: TokenUsage;
  readonly verdicts: Readonly<Partial<Record<CheckName, Readonly<Record<Verdict, number>>>>>;
  /** Answered probes (2xx, no trouble) by the bucket that their latency (sent to last byte) falls into; not cumulative. */
  readonly latencyBuckets: Readonly<Record<string, number>>;
  readonly byBackend: Readonly<Record<string, { readonly probes: number; readonly tokens: number }>>;
}

/** The UTC day that an audit counts for: that on which it finished. */
export function dayOf(report: ReportDraft): string {
  return new Date(report.finishedAt).toISOString().slice(0, 10);
}

/** Adds a finished audit to its day. `null` is a day without audits so far. */
export function foldIntoDay(current: DayRollUp | null, report: ReportDraft, exchanges: readonly Exchange[]): DayRollUp {
  const before = current ?? emptyDay(dayOf(report));
  const { summary } = report;
  return {
    day: before.day,
    audits: before.audits + 1,
    probes: {
      sent: before.probes.sent + summary.probes,
      answered: before.probes.answered + summary.answered,
      refused: before.probes.refused + summary.refused,
      failed: before.probes.failed + summary.failed,
    },
    tokens: {
      prompt: before.tokens.prompt + summary.tokens.prompt,
      completion: before.tokens.completion + summary.tokens.completion,
      total: before.tokens.total + summary.tokens.total,
    },
    verdicts: countVerdict(before.verdicts, report),
    latencyBuckets: countLatencies(before.latencyBuckets, exchanges),
    byBackend: countBackends(before.byBackend, summary.byBackend),
  };
}

function emptyDay(day: string): DayRollUp {
  return {
    day,
    audits: 0,
    probes: { sent: 0, answered: 0, refused: 0, failed: 0 },
    tokens: { prompt: 0, completion: 0, total: 0 },
    verdicts: {},
    latencyBuckets: {},
    byBackend: {},
  };
}

function countVerdict(before: DayRollUp['verdicts'], { check, verdict }: ReportDraft): DayRollUp['verdicts'] {
  const counts = before[check] ?? { pass: 0, fail: 0, inconclusive: 0 };
  return { ...before, [check]: { ...counts, [verdict]: counts[verdict] + 1 } };
}

function countLatencies(
  before: DayRollUp['latencyBuckets'],
  exchanges: readonly Exchange[],
): DayRollUp['latencyBuckets'] {
  const buckets: Record<string, number> = { ...before };
  for (const { status, error, sentMs, receivedMs } of exchanges) {
    if (error !== null || status === null || status < 200 || status > 299) continue;
    const latencyMs = receivedMs - sentMs;
    const bucket = String(latencyBoundsMs.find((boundMs) => latencyMs <= boundMs) ?? '+Inf');
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return buckets;
}

function countBackends(before: DayRollUp['byBackend'], added: DayRollUp['byBackend']): DayRollUp['byBackend'] {
  const backends = new Map(Object.entries(before));
  for (const [name, { probes, tokens }] of Object.entries(added)) {
    const shortName = name.slice(0, maxBackendNameLength);
    const key = backends.has(shortName) || backends.size < maxBackends ? shortName : otherBackends;
    const sum = backends.get(key) ?? { probes: 0, tokens: 0 };
    backends.set(key, { probes: sum.probes + probes, tokens: sum.tokens + tokens });
  }
  return Object.fromEntries(backends);
}
