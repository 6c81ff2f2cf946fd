import { metricNames, renderMetrics } from '../../src/api/render-metrics';
import type { LimitStatusView } from '../../src/audit/limit-status';
import { unknownLimitStatus } from '../../src/audit/limit-status';
import type { LimitStatus } from '../../src/audit/ports';
import { aCustomer } from '../audit/a-declaration';

const nowMs = Date.parse('2026-11-22T10:05:00Z');

const view: LimitStatusView = {
  customerId: 'contoso',
  gatewayId: 'main',
  declared: { tokensPerMinute: 100 },
  observed: { remainingTokens: 42, consumedTokens: 58, at: '2026-11-22T10:00:00Z' },
  throttled: { since: '2026-11-22T10:00:05Z', until: null },
  verdicts: {
    'token-limit': { verdict: 'fail', auditId: 'a', sequence: 2, finishedAt: '2026-11-22T10:00:00Z', stale: true },
  },
  spentToday: 300,
  maxTokensPerDay: 2000,
};
const stored: LimitStatus = {
  ...unknownLimitStatus(aCustomer()),
  missed: { access: { dueAt: '2026-11-22T09:00:00Z', auditId: 'm', sequence: 1, count: 2 } },
  alerts: {
    decided: {},
    untold: [
      { kind: 'fail', check: 'token-limit', auditId: 'a', sequence: 2, at: '2026-11-22T10:00:00Z', before: null },
    ],
    told: { fail: 3, recovered: 1, missed: 2 },
  },
  measured: { tokensPerMinute: { low: 181, high: null }, shares: { 'Sweden "Central"': 0.75 } },
  totals: {
    probes: { sent: 5, answered: 3, refused: 1, failed: 1 },
    tokens: { prompt: 48, completion: 12, total: 60 },
    verdicts: { 'token-limit': { pass: 0, fail: 2, inconclusive: 1 } },
    latencyBuckets: { '50': 2, '+Inf': 1 },
    latencySumMs: 70_080,
  },
};

async function samplesOf(source: Parameters<typeof renderMetrics>[0]): Promise<readonly string[]> {
  return (await renderMetrics(source)).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

test('a customer in metrics: status, measurement, totals', async () => {
  const open = [
    { customerId: 'contoso', check: 'access', auditId: 'b', state: 'queued', sinceMs: nowMs - 90_000 },
    { customerId: 'contoso', check: 'usage', auditId: 'c', state: 'running', sinceMs: nowMs - 60_000 },
  ] as const;
  const customer = 'customer="contoso",gateway="main"';
  const latency = `gateway_audit_probe_latency_seconds`;
  expect(await samplesOf({ nowMs, customers: [{ view, stored }], open, lastDigestMs: nowMs - 1_800_000 })).toEqual([
    `gateway_audit_verdict{${customer},check="token-limit",verdict="pass"} 0`,
    `gateway_audit_verdict{${customer},check="token-limit",verdict="fail"} 1`,
    `gateway_audit_verdict{${customer},check="token-limit",verdict="inconclusive"} 0`,
    `gateway_audit_stale{${customer},check="token-limit"} 1`,
    `gateway_audit_last_audit_timestamp_seconds{${customer},check="token-limit"} ${nowMs / 1000 - 300}`,
    `gateway_audit_last_audit_age_seconds{${customer},check="token-limit"} 300`,
    `gateway_audit_declared_tokens_per_minute{${customer}} 100`,
    `gateway_audit_effective_tokens_per_minute{${customer},bound="low"} 181`,
    `gateway_audit_remaining_tokens{${customer}} 42`,
    `gateway_audit_throttled{${customer}} 1`,
    `gateway_audit_backend_share_ratio{${customer},backend="Sweden \\"Central\\""} 0.75`,
    `gateway_audit_alerts_untold{${customer}} 1`,
    `gateway_audit_budget_left_tokens{${customer}} 1700`,
    `gateway_audit_audits_total{${customer},check="token-limit",verdict="pass"} 0`,
    `gateway_audit_audits_total{${customer},check="token-limit",verdict="fail"} 2`,
    `gateway_audit_audits_total{${customer},check="token-limit",verdict="inconclusive"} 1`,
    `gateway_audit_missed_total{${customer},check="access"} 2`,
    `gateway_audit_alerts_total{${customer},kind="fail"} 3`,
    `gateway_audit_alerts_total{${customer},kind="recovered"} 1`,
    `gateway_audit_alerts_total{${customer},kind="missed"} 2`,
    `gateway_audit_probes_total{${customer},outcome="answered"} 3`,
    `gateway_audit_probes_total{${customer},outcome="refused"} 1`,
    `gateway_audit_probes_total{${customer},outcome="failed"} 1`,
    `gateway_audit_tokens_spent_total{${customer},kind="prompt"} 48`,
    `gateway_audit_tokens_spent_total{${customer},kind="completion"} 12`,
    `${latency}_bucket{${customer},le="0.025"} 0`,
    ...[0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60].map((le) => `${latency}_bucket{${customer},le="${le}"} 2`),
    `${latency}_bucket{${customer},le="+Inf"} 3`,
    `${latency}_sum{${customer}} 70.08`,
    `${latency}_count{${customer}} 3`,
    'gateway_audit_open_audits{state="queued"} 1',
    'gateway_audit_open_audits{state="running"} 1',
    'gateway_audit_oldest_open_audit_age_seconds 90',
    'gateway_audit_last_digest_age_seconds 1800',
  ]);
});

test('of a customer that was never audited only the promise and the budget are told', async () => {
  const unknown = { ...view, observed: null, throttled: null, verdicts: {}, spentToday: 0 };
  expect(await samplesOf({ nowMs, customers: [{ view: unknown, stored: null }], open: [] })).toEqual([
    'gateway_audit_declared_tokens_per_minute{customer="contoso",gateway="main"} 100',
    'gateway_audit_throttled{customer="contoso",gateway="main"} 0',
    'gateway_audit_alerts_untold{customer="contoso",gateway="main"} 0',
    'gateway_audit_budget_left_tokens{customer="contoso",gateway="main"} 2000',
    'gateway_audit_open_audits{state="queued"} 0',
    'gateway_audit_open_audits{state="running"} 0',
    'gateway_audit_oldest_open_audit_age_seconds 0',
  ]);
});

test('the names that dashboards are checked against are those that are told', async () => {
  const text = await renderMetrics({ nowMs, customers: [], open: [] });
  const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name, type }));
  expect(told.map(({ name }) => name)).toEqual(metricNames);
  for (const { name, type } of told) expect([name, type === 'counter']).toEqual([name, /_total$/.test(name ?? '')]);
});
