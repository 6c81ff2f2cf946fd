import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { latencyBoundsMs } from '../audit/history/day-roll-up';
import type { LimitStatusView } from '../audit/limit-status';
import type { LimitStatus, OpenAudit } from '../audit/ports';

export interface MetricsSource {
  readonly nowMs: number;
  /** Every configured customer, with its stored row where there is one. */
  readonly customers: readonly { readonly view: LimitStatusView; readonly stored: LimitStatus | null }[];
  readonly open: readonly OpenAudit[];
  /** When the last digest was signed, epoch ms; absent where there is none. */
  readonly lastDigestMs?: number;
}

export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Labels by metric; the names (without the prefix) and units follow Prometheus' conventions. */
const gauges = {
  verdict: ['1 for the verdict of the last audit of a check, 0 for the other two', 'check', 'verdict'],
  stale: ['1 where a check was due an hour ago and has not finished since', 'check'],
  last_audit_timestamp_seconds: ['When the last audit of a check finished, Unix time', 'check'],
  last_audit_age_seconds: ['Seconds since the last audit of a check finished', 'check'],
  declared_tokens_per_minute: ['The limit that was promised'],
  effective_tokens_per_minute: [
    'Bounds of the limit as the last audit measured it; high is absent where the gateway never refused',
    'bound',
  ],
  remaining_tokens: ['Tokens that the gateway said remained, when it was last asked'],
  throttled: ['1 while the gateway refuses this customer for its token limit or quota'],
  backend_share_ratio: ['Share of the answers that came from a backend, as last measured', 'backend'],
  alerts_untold: ['Changes that alerts are to tell and that are not handed over yet'],
  budget_left_tokens: ['Tokens that audits of this customer may still spend today (UTC)'],
} as const;

const counters = {
  audits_total: ['Audits that ended', 'check', 'verdict'],
  missed_total: ['Times that a check was due and had not run an hour later', 'check'],
  alerts_total: ['Changes handed over to the webhooks that want them', 'kind'],
  probes_total: ['Probes that audits sent', 'outcome'],
  tokens_spent_total: ['Tokens that models reported for our probes', 'kind'],
} as const;

type GaugeName = keyof typeof gauges;
type CounterName = keyof typeof counters;
type Labels = Readonly<Record<string, string>>;

const prefix = 'gateway_audit_';
const customerLabels = ['customer', 'gateway'];
const latencyName = `${prefix}probe_latency_seconds`;

/** The full names of all metrics, for dashboards and alert rules to be checked against. */
export const metricNames: readonly string[] = [
  ...Object.keys(gauges).map((name) => `${prefix}${name}`),
  ...Object.keys(counters).map((name) => `${prefix}${name}`),
  latencyName,
  `${prefix}open_audits`,
  `${prefix}oldest_open_audit_age_seconds`,
  `${prefix}last_digest_age_seconds`,
];

/**
 * What is stored now as Prometheus text. The registry lives as long as the answer: instances come and go, so nothing is
 * counted in a process.
 */
export async function renderMetrics(source: MetricsSource): Promise<string> {
  const registry = new Registry();
  const set = gaugesIn(registry);
  const add = countersIn(registry);
  for (const { view, stored } of source.customers) {
    const { customerId: customer, gatewayId: gateway } = view;
    tellStatus((name, labels, value) => set(name, { customer, gateway, ...labels }, value), { view, stored }, source);
    tellTotals((name, labels, value) => add(name, { customer, gateway, ...labels }, value), stored);
  }
  tellLatency(registry, source.customers);
  tellOpen(registry, source);
  tellDigest(registry, source);
  return registry.metrics();
}

type Tell<Name> = (name: Name, labels: Labels, value: number) => void;

function tellStatus(
  tell: Tell<GaugeName>,
  { view, stored }: MetricsSource['customers'][number],
  { nowMs }: MetricsSource,
): void {
  for (const [check, { verdict, finishedAt, stale }] of Object.entries(view.verdicts)) {
    for (const one of ['pass', 'fail', 'inconclusive']) {
      tell('verdict', { check, verdict: one }, one === verdict ? 1 : 0);
    }
    const finishedMs = Date.parse(finishedAt);
    tell('stale', { check }, stale ? 1 : 0);
    tell('last_audit_timestamp_seconds', { check }, finishedMs / 1000);
    tell('last_audit_age_seconds', { check }, Math.max(0, nowMs - finishedMs) / 1000);
  }
  tell('declared_tokens_per_minute', {}, view.declared.tokensPerMinute);
  const { tokensPerMinute, shares = {} } = stored?.measured ?? {};
  if (tokensPerMinute) tell('effective_tokens_per_minute', { bound: 'low' }, tokensPerMinute.low);
  if (tokensPerMinute && tokensPerMinute.high !== null) {
    tell('effective_tokens_per_minute', { bound: 'high' }, tokensPerMinute.high);
  }
  const remainingTokens = view.observed?.remainingTokens ?? null;
  if (remainingTokens !== null) tell('remaining_tokens', {}, remainingTokens);
  tell('throttled', {}, view.throttled === null ? 0 : 1);
  for (const [backend, share] of Object.entries(shares)) tell('backend_share_ratio', { backend }, share);
  tell('alerts_untold', {}, stored?.alerts?.untold.length ?? 0);
  tell('budget_left_tokens', {}, Math.max(0, view.maxTokensPerDay - view.spentToday));
}

function tellTotals(tell: Tell<CounterName>, stored: LimitStatus | null): void {
  for (const [check, { count }] of Object.entries(stored?.missed ?? {})) tell('missed_total', { check }, count);
  for (const [kind, count] of Object.entries(stored?.alerts?.told ?? {})) tell('alerts_total', { kind }, count);
  const totals = stored?.totals;
  if (totals === undefined) return;
  for (const [check, counts] of Object.entries(totals.verdicts)) {
    for (const [verdict, count] of Object.entries(counts)) tell('audits_total', { check, verdict }, count);
  }
  const { answered, refused, failed } = totals.probes;
  for (const [outcome, count] of Object.entries({ answered, refused, failed }))
    tell('probes_total', { outcome }, count);
  const { prompt, completion } = totals.tokens;
  for (const [kind, count] of Object.entries({ prompt, completion })) tell('tokens_spent_total', { kind }, count);
}

function gaugesIn(registry: Registry): Tell<GaugeName> {
  const made = new Map(
    Object.entries(gauges).map(([name, [help, ...own]]) => [
      name,
      new Gauge({ name: prefix + name, help, labelNames: [...customerLabels, ...own], registers: [registry] }),
    ]),
  );
  return (name, labels, value) => made.get(name)?.set({ ...labels }, value);
}

function countersIn(registry: Registry): Tell<CounterName> {
  const made = new Map(
    Object.entries(counters).map(([name, [help, ...own]]) => [
      name,
      new Counter({ name: prefix + name, help, labelNames: [...customerLabels, ...own], registers: [registry] }),
    ]),
  );
  return (name, labels, value) => made.get(name)?.inc({ ...labels }, value);
}

/** The library's histogram only counts what it observes itself; stored buckets are handed to it as its values. */
function tellLatency(registry: Registry, customers: MetricsSource['customers']): void {
  const help = 'Time from sending a probe to the last byte of its answer, of answered probes';
  const histogram = new Histogram({
    name: latencyName,
    help,
    labelNames: customerLabels,
    buckets: latencyBoundsMs.map((boundMs) => boundMs / 1000),
    registers: [registry],
  });
  const values = customers.flatMap(({ view, stored }) => latencyOf(view, stored));
  const filled = async () => ({ name: latencyName, help, type: 'histogram', values });
  Object.assign(histogram, { get: filled, getForPromString: filled });
}

function latencyOf({ customerId, gatewayId }: LimitStatusView, stored: LimitStatus | null) {
  const totals = stored?.totals;
  if (totals === undefined) return [];
  const labels = { customer: customerId, gateway: gatewayId };
  let count = 0;
  const buckets = [...latencyBoundsMs.map(String), '+Inf'].map((bound) => {
    count += totals.latencyBuckets[bound] ?? 0;
    const le = bound === '+Inf' ? bound : Number(bound) / 1000;
    return { metricName: `${latencyName}_bucket`, labels: { ...labels, le }, value: count };
  });
  return [
    ...buckets,
    { metricName: `${latencyName}_sum`, labels, value: totals.latencySumMs / 1000 },
    { metricName: `${latencyName}_count`, labels, value: count },
  ];
}

function tellOpen(registry: Registry, { open, nowMs }: MetricsSource): void {
  const registers = [registry];
  const byState = new Gauge({
    name: `${prefix}open_audits`,
    help: 'Audits that are queued or running',
    labelNames: ['state'],
    registers,
  });
  for (const state of ['queued', 'running'] as const) {
    byState.set({ state }, open.filter((audit) => audit.state === state).length);
  }
  const oldestMs = open.reduce((oldest, { sinceMs }) => Math.min(oldest, sinceMs), nowMs);
  new Gauge({
    name: `${prefix}oldest_open_audit_age_seconds`,
    help: 'For how long the audit has been queued or running that has been so longest; 0 where there is none',
    registers,
  }).set((nowMs - oldestMs) / 1000);
}

function tellDigest(registry: Registry, { nowMs, lastDigestMs }: MetricsSource): void {
  const age = new Gauge({
    name: `${prefix}last_digest_age_seconds`,
    help: 'Seconds since the heads of all chains were last signed; absent where they never were',
    registers: [registry],
  });
  // A gauge without labels is 0 from its making.
  if (lastDigestMs === undefined) age.remove();
  else age.set(Math.max(0, nowMs - lastDigestMs) / 1000);
}
