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
