import { toAlertEvent } from '../../../src/audit/alerts/alert-event';
import type { Report } from '../../../src/audit/report';
import { aReportDraft } from '../a-report-draft';

const failing = {
  rule: 'limit-value',
  verdict: 'fail',
  expected: '100',
  observed: '200',
  because: 'It is twice.',
} as const;
const passing = { ...failing, rule: 'recovery', verdict: 'pass' } as const;

function aReport(parts: Partial<Report> = {}): Report {
  return { ...aReportDraft(), check: 'token-limit', sequence: 7, previousHash: 'p', hash: 'h', ...parts };
}

const auditId = '0192f0c1-0000-7000-8000-000000000001';

test('a failing audit is told with the rules that fail, as CloudEvents 1.0 has it', () => {
  const report = aReport({ verdict: 'fail', findings: [failing, passing] });
  expect(toAlertEvent({ kind: 'fail', before: 'pass' }, report)).toEqual({
    specversion: '1.0',
    id: `${auditId}-fail`,
    source: '/gateway-audit/customers/contoso',
    type: 'gateway-audit.audit.failed',
    subject: 'token-limit',
    time: '2026-11-22T10:00:02.000Z',
    datacontenttype: 'application/json',
    data: {
      summary: 'token-limit of contoso fails: It is twice.',
      customerId: 'contoso',
      gatewayId: 'main',
      check: 'token-limit',
      verdict: 'fail',
      before: 'pass',
      auditId,
      sequence: 7,
      scheduledAt: '2026-11-22T10:00:00.000Z',
      finishedAt: '2026-11-22T10:00:02.000Z',
      findings: [{ rule: 'token-limit/limit-value', expected: '100', observed: '200', because: 'It is twice.' }],
    },
  });
});

test.each([
  ['recovered', 'gateway-audit.audit.recovered', 'token-limit of contoso passes again.'],
  [
    'missed',
    'gateway-audit.audit.missed',
    'token-limit of contoso was due at 2026-11-22T10:00:00.000Z and had not run an hour later.',
  ],
] as const)('%s is told without findings', (kind, type, summary) => {
  const event = toAlertEvent({ kind, before: 'fail' }, aReport({ findings: [passing] }));
  expect(event).toMatchObject({ id: `${auditId}-${kind}`, type, data: { summary, findings: [] } });
});

/* CloudEvents 1.0, "Context Attributes": names of lower-case letters and digits; id, source, specversion and type are required and not empty. */
test.each(['fail', 'recovered', 'missed'] as const)(
  'the attributes of %s are ones that the specification allows',
  (kind) => {
    const { data: _, ...attributes } = toAlertEvent(
      { kind, before: null },
      aReport({ verdict: 'fail', findings: [failing] }),
    );
    expect(Object.keys(attributes).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
    expect(Object.values(attributes).filter((value) => typeof value !== 'string' || value === '')).toEqual([]);
    expect(Object.keys(attributes)).toEqual(expect.arrayContaining(['id', 'source', 'specversion', 'type']));
    expect(new URL(attributes.source, 'https://example.com').pathname).toBe(attributes.source);
    expect(attributes.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  },
);

test('however much a gateway made a report say, an event fits into a message', () => {
  const long = { ...failing, expected: '東'.repeat(5000), observed: '東'.repeat(5000), because: '東'.repeat(5000) };
  const findings = Array.from({ length: 40 }, (_, index) => ({ ...long, rule: `rule-${index}` }));
  const event = toAlertEvent({ kind: 'fail', before: null }, aReport({ verdict: 'fail', findings }));
  expect(Buffer.byteLength(JSON.stringify({ webhook: 'W'.repeat(63), event, tries: 10 }))).toBeLessThan(48 * 1024);
  expect(event.data.findings).toHaveLength(10);
});
