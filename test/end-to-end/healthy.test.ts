import { auditSimulated, failedRules, type SimulatedCustomer } from '../../exam/audit-simulated';
import type { Report } from '../../src/audit/report';

/* A gateway that keeps its promises is never blamed, and passes wherever a pass is promised. */
jest.setTimeout(60_000);

interface HealthyRow {
  readonly title: string;
  /** A single counter of at least 1,000 tokens a minute behind an answer within a second is told for sure. */
  readonly passes: boolean;
  readonly customer: SimulatedCustomer;
}

const kinds = ['sliding-window', 'token-bucket'] as const;
const limits = [60, 100, 1_000, 10_000, 1_000_000] as const;

const rows: readonly HealthyRow[] = [
  ...kinds.flatMap((limiter) => [
    ...limits.flatMap((tokensPerMinute) => {
      const passes = tokensPerMinute >= 1_000;
      return [
        aRow({ limiter, tokensPerMinute, title: 'all headers', passes }),
        aRow({ limiter, tokensPerMinute, title: 'no optional headers', passes, gateway: { headers: {} } }),
      ];
    }),
    ...[100, 10_000].flatMap((tokensPerMinute) => [
      aRow({ limiter, tokensPerMinute, title: 'kind not declared', gateway: { limiter: 'unknown' } }),
      aRow({ limiter, tokensPerMinute, title: 'prompts estimated', simulated: { estimatePromptTokens: true } }),
      aRow({ limiter, tokensPerMinute, title: 'prompts reserved', simulated: { estimatePromptTokens: 'reserve' } }),
      aRow({ limiter, tokensPerMinute, title: 'two counters', simulated: { counters: 2 }, gateway: { counters: 2 } }),
      ...[850, 1_850].map((ms) =>
        aRow({
          limiter,
          tokensPerMinute,
          title: `answers after ${150 + ms} ms`,
          passes: tokensPerMinute >= 1_000 && ms < 1_000,
          simulated: { faults: [{ name: 'extra-latency', ms }] },
        }),
      ),
    ]),
  ]),
  aRow({ limiter: 'fixed-window', tokensPerMinute: 10_000, title: 'all headers' }),
].map((row, at) => ({ ...row, customer: { ...row.customer, id: `customer-${at}` } }));

describe('one endpoint', () => {
  let reports: readonly Report[];
  beforeAll(async () => {
    const customers = rows.map(({ customer }) => customer);
    reports = await auditSimulated(customers, { latency: { jitterMs: 0 } });
  });

  test.each(rows)('$customer.limiter of $customer.tokensPerMinute, $title: no blame', ({ customer, passes }) => {
    const own = reports.filter(({ customerId }) => customerId === customer.id);
    expect(own.map(({ check }) => check)).toEqual(['limit-status', 'access', 'token-limit', 'client-experience']);
    expect(failedRules(own)).toEqual([]);
    if (passes) expect(own.map(({ verdict }) => verdict)).toEqual(['pass', 'pass', 'pass', 'pass']);
  });

  test('nothing was late: while bytes are on their way, time stands still', () => {
    const lateMs = reports.flatMap(({ summary }) => (summary.lateMs === null ? [] : [summary.lateMs.p99]));
    expect(Math.max(...lateMs)).toBe(0);
  });
});

const regions = ['West', 'East'];
const backends = regions.map((id) => ({ id, region: id, breaker: { failures: 1, interval: 'PT1M' } }));
const shared = [
  { id: 'West', weight: 80, priority: 1 },
  { id: 'East', weight: 20, priority: 1 },
];
const tiers = [
  { id: 'West', weight: 1, priority: 1 },
  { id: 'East', weight: 1, priority: 2 },
];
test.each([
  ['80 : 20, the smooth way', shared, 'smooth'],
  ['80 : 20, block by block', shared, 'block'],
  ['80 : 20, drawn', shared, 'random'],
  ['a first choice and a second', tiers, 'smooth'],
] as const)('a pool of two regions, %s: all pass', async (_, members, balancing) => {
  const reports = await auditSimulated(
    [
      {
        id: 'contoso',
        tokensPerMinute: 10_000,
        limiter: 'sliding-window',
        gateway: { pool: { members }, allowedBackends: regions },
        customer: { dedicated: false },
      },
    ],
    {
      backends,
      pool: { balancing, members: members.map(({ id, ...member }) => ({ backend: id, ...member })) },
    },
  );
  expect(Object.fromEntries(reports.map(({ check, verdict }) => [check, verdict]))).toEqual({
    'limit-status': 'pass',
    access: 'pass',
    'load-balance': 'pass',
  });
});

function aRow({
  title,
  passes = false,
  ...customer
}: { readonly title: string; readonly passes?: boolean } & Omit<SimulatedCustomer, 'id'>): HealthyRow {
  return { title, passes, customer: { id: '', ...customer } };
}
