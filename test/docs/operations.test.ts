import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricNames } from '../../src/api/render-metrics';

const docs = join(__dirname, '..', '..', 'docs');
const known = new Set([...metricNames, ...['bucket', 'sum', 'count'].map((part) => `${latencyName()}_${part}`)]);

function latencyName(): string {
  return metricNames.find((name) => name.endsWith('latency_seconds')) ?? '';
}

function metricsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\bgateway_audit_\w+/g) ?? [])];
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string }[];
}

test('the Grafana dashboard asks for metrics that there are, and shows all of them', () => {
  const text = readFileSync(join(docs, 'grafana-dashboard.json'), 'utf8');
  const { panels } = JSON.parse(text) as { panels: readonly Panel[] };
  const asked = panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr)));
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
  const shown = new Set(asked.map((name) => name.replace(/_bucket$/, '')));
  // The dashboard shows the age, which says the same.
  const left = metricNames.filter((name) => !shown.has(name) && !name.endsWith('last_audit_timestamp_seconds'));
  expect(left).toEqual([]);
});

test('the alert rules and the table of metrics name metrics that there are, and the table all of them', () => {
  const text = readFileSync(join(docs, 'operations.md'), 'utf8');
  expect(metricsIn(text).filter((name) => !known.has(name) && name !== 'gateway_audit_')).toEqual([]);
  const rows = text.split('\n').filter((line) => line.startsWith('| `'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(metricNames.map((name) => name.replace('gateway_audit_', '')).toSorted());
});

/** The rules whose failing asks something of an operator, as the checks name them; those of config-drift are one row. */
const rules = [
  'reachable',
  'headers-present',
  'no-key-refused',
  'bad-key-refused',
  'key-works',
  'limit-enforced',
  'limit-value',
  'limiter-kind',
  'retry-after-present',
  'retry-after-honest',
  'consumed-header',
  'remaining-header',
  'recovery',
  'same-counter-streamed',
  'same-counter-surfaces',
  'same-counter-deployments',
  'quota-enforced',
  'quota-countdown',
  'backend-identified',
  'residency',
  'spread',
  'priority',
  'failover',
  'usage-reported',
  'metered',
  'stream-parity',
  'attributed',
  'isolated',
  'sdk-completes',
];

test('what a verdict asks of the operator is said of each rule', () => {
  const text = readFileSync(join(docs, 'operations.md'), 'utf8');
  const [, table = ''] = /\| rule that fails \|.*\n.*\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const named = table.split('\n').flatMap((row) => (row.split('|')[1] ?? '').split(',').map((name) => name.trim()));
  const known = named.map((name) => name.replace(/ \(.*\)$/, '')).filter((name) => !name.includes(' '));
  expect([...new Set(known)].toSorted()).toEqual(rules.toSorted());
});
