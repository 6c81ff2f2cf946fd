import type { Evidence } from '../../../src/audit/check';
import type { Pool } from '../../../src/audit/declaration';
import { judgeLoadBalance } from '../../../src/audit/load-balance/judge';
import type { Verdict } from '../../../src/audit/verdict';
import { aPool } from './a-pool';
import { type Answer, anAudit, aPoolDeclaration } from './an-audit';
import { verdictsOf } from './simulate-pool';

const even = aPool([{ id: 'A' }, { id: 'B' }]);
const tiered = (pool: Partial<Pool> = {}) =>
  aPool(
    [
      { id: 'A', priority: 1 },
      { id: 'B', priority: 2 },
    ],
    pool,
  );

function times(count: number, ...answers: readonly Answer[]): readonly Answer[] {
  return Array.from({ length: count }, () => answers).flat();
}

function verdictOf(rule: string, evidence: Evidence): Verdict | 'none' {
  return verdictsOf({ judgement: judgeLoadBalance(evidence) })[rule] ?? 'none';
}

test('without a declared pool there is nothing to judge', () => {
  const { pool: _, ...gateway } = aPoolDeclaration(even).gateway;
  const declared = { ...aPoolDeclaration(even), gateway };
  expect(judgeLoadBalance({ ...anAudit(['A'], even), declared })).toEqual({ findings: [], estimate: {} });
});

test.each<[string, readonly Answer[], Verdict]>([
  ['every answer names a member', ['A', 'B'], 'pass'],
  ['names are compared without regard to case', ['a', 'B'], 'pass'],
  ['one answer names nobody', ['A', { backend: null }], 'inconclusive'],
  ['one answer names a stranger', ['A', 'C'], 'inconclusive'],
  ['nothing was answered', ['500'], 'inconclusive'],
])('backend-identified: %s', (_, answers, verdict) => {
  expect(verdictOf('backend-identified', anAudit(answers, even))).toBe(verdict);
});

test.each<[string, readonly Answer[], readonly string[] | undefined, Verdict | 'none']>([
  ['nothing is promised', ['A', 'X'], undefined, 'none'],
  ['all from allowed places', ['A', 'B', 'A 429'], ['A', 'B'], 'pass'],
  ['one answer from elsewhere', ['A', 'X'], ['A', 'B'], 'fail'],
  ['a refusal of a model elsewhere', ['A', 'X 429'], ['A', 'B'], 'fail'],
  ['an answer that names no place', ['A', { backend: null }], ['A', 'B'], 'inconclusive'],
  ["the gateway's own refusals name no place", ['A', '503'], ['A', 'B'], 'pass'],
])('residency: %s', (_, answers, allowedBackends, verdict) => {
  const declared = aPoolDeclaration(even, allowedBackends && { allowedBackends });
  expect(verdictOf('residency', anAudit(answers, even, { declared }))).toBe(verdict);
});

test('an answer out of a cache says nothing about a place', () => {
  const declared = aPoolDeclaration(even, { allowedBackends: ['A'] });
  const headers = { ...declared.gateway.headers, consumedTokens: 'consumed-tokens' };
  const cached = { backend: null, headers: {} };
  const served = { backend: 'A', headers: { 'consumed-tokens': '15' } };
  const evidence = anAudit([served, cached], even, {
    declared: { ...declared, gateway: { ...declared.gateway, headers } },
  });
  expect(verdictOf('residency', evidence)).toBe('pass');
});

const alike = aPool([{ id: 'a1', answersAs: 'A' }, { id: 'a2', answersAs: 'A' }, { id: 'B' }]);
test.each<[string, Pool, readonly Answer[], Verdict | 'none']>([
  ['one member has nothing to spread', aPool([{ id: 'A' }]), times(40, 'A'), 'none'],
  [
    'members that answer alike are one',
    aPool([
      { id: 'a', answersAs: 'A' },
      { id: 'b', answersAs: 'A' },
    ]),
    times(40, 'A'),
    'none',
  ],
  ['members that answer alike share a share', alike, times(10, 'A', 'A', 'B'), 'pass'],
  ['round robin over ten periods', even, times(10, 'A', 'B'), 'pass'],
  ['too few answers', even, times(4, 'A', 'B'), 'inconclusive'],
  ['three to one sold as even', even, times(40, 'A', 'A', 'A', 'B'), 'fail'],
  [
    'blocks as large as the weights',
    aPool([
      { id: 'A', weight: 30 },
      { id: 'B', weight: 10 },
    ]),
    [...times(30, 'A'), ...times(10, 'B')],
    'inconclusive',
  ],
  ['one never answers, on a pool that others use', even, times(60, 'A'), 'inconclusive'],
  ['one never answers, on a pool that nobody else uses', { ...even, exclusive: true }, times(60, 'A'), 'fail'],
  [
    'one answers nothing while its breaker is open',
    even,
    [...times(5, 'A', 'B'), 'B 500', ...times(60, 'A'), ...times(3, 'A', 'B')],
    'inconclusive',
  ],
  ['answers that name nobody could tip the scales', even, times(20, 'A', 'B', { backend: null }), 'inconclusive'],
])('spread: %s', (_, pool, answers, verdict) => {
  expect(verdictOf('spread', anAudit(answers, pool))).toBe(verdict);
});

test('the spread goes on from the counts of earlier audits', () => {
  const answers = times(5, 'A', 'A', 'B');
  expect(verdictOf('spread', anAudit(answers, even))).toBe('inconclusive');
  expect(verdictOf('spread', anAudit(answers, even, { earlierCounts: { A: 300, B: 150 } }))).toBe('fail');
  expect(verdictOf('spread', anAudit(answers, even, { earlierCounts: { A: 400, B: 400 } }))).toBe('pass');
});

test.each<[string, Pool, readonly Answer[], Verdict | 'none']>([
  ['one priority has no lower one', even, ['A', 'B'], 'none'],
  ['only the highest answers', tiered(), times(5, 'A'), 'pass'],
  ['a lower one after a failure', tiered(), ['A', 'A 500', 'B', 'B'], 'pass'],
  ['a lower one after the gateway said that nobody is there', tiered(), ['A', '503', ...times(20, 'B')], 'pass'],
  ['a lower one, nobody knows why', tiered(), ['B', 'B'], 'inconclusive'],
  ['higher, lower, higher within a second', tiered(), ['A', 'B', 'A'], 'fail'],
  ['the same where the gateway retries', tiered({ retries: 1 }), ['A', 'B', 'A'], 'inconclusive'],
  ['the same where there are two instances', tiered({ instances: 2 }), ['A', 'B', 'A'], 'inconclusive'],
  ['in more time than the shortest Retry-After', tiered(), ['A', ...times(10, 'B'), 'A'], 'inconclusive'],
  ['in less than a fixed trip time', tiered({ acceptRetryAfter: false }), ['A', ...times(10, 'B'), 'A'], 'fail'],
  [
    'lower without a failure on a pool that nobody else uses',
    tiered({ exclusive: true }),
    ['A', ...times(10, 'B')],
    'fail',
  ],
  [
    'lower from the start, even there: a breaker may be open since before',
    tiered({ exclusive: true }),
    ['B', 'B'],
    'inconclusive',
  ],
  [
    'two higher members that answer alike have two breakers',
    aPool([
      { id: 'a1', answersAs: 'A' },
      { id: 'a2', answersAs: 'A' },
      { id: 'B', priority: 2 },
    ]),
    ['A', 'B', 'A'],
    'inconclusive',
  ],
])('priority: %s', (_, pool, answers, verdict) => {
  expect(verdictOf('priority', anAudit(answers, pool))).toBe(verdict);
});

test('probes in flight together prove no order', () => {
  const together = ['A', 'B', 'A'].map((backend, at) => ({ backend, sentMs: 1_000 + at, receivedMs: 1_500 }));
  expect(verdictOf('priority', anAudit(together, tiered({ acceptRetryAfter: false })))).toBe('inconclusive');
});

const limited = (seconds: number) => ({
  backend: 'A',
  status: 429,
  usage: null,
  refusedBy: 'model' as const,
  retryAfterMs: seconds * 1000,
});
test.each<[string, Pool, readonly Answer[], Verdict | 'none']>([
  ['nothing failed', tiered(), ['A', 'A'], 'none'],
  [
    "the customer's own limit is no failure",
    tiered(),
    ['A', { status: 429, usage: null, backend: null, refusedBy: 'gateway-token-limit' }, 'A'],
    'none',
  ],
  ['one error, then another answers', tiered(), ['A', 'A 500', 'B'], 'pass'],
  ['one 503 without a name, then another answers', tiered(), ['A', '503', 'B'], 'pass'],
  ['as many errors as trip the breaker', tiered({ failures: 3 }), ['A', 'A 500', 'A 500', 'A 500', 'B'], 'pass'],
  ['as many on each of two instances', tiered({ instances: 2 }), ['A', 'A 500', 'A 500', 'B'], 'pass'],
  ['a retry halves them', tiered({ failures: 2, retries: 1 }), ['A', 'A 500', 'A 500', 'B'], 'inconclusive'],
  ['one error more than may pass', tiered(), ['A', 'A 500', 'A 500', 'B'], 'fail'],
  [
    'two counting intervals may let more through',
    tiered({ failures: 3 }),
    ['A', ...times(4, 'A 500'), 'B'],
    'inconclusive',
  ],
  ['but not that many', tiered({ failures: 3 }), ['A', ...times(6, 'A 500'), 'B'], 'fail'],
  ['too few to trip, and the member itself goes on', tiered({ failures: 3 }), ['A', 'A 500', 'A'], 'none'],
  ['nobody else could answer', aPool([{ id: 'A' }]), ['A', 'A 500', 'A 500'], 'none'],
  ['the audit ended first', tiered(), ['A', 'A 500'], 'inconclusive'],
  [
    "a page of somebody's proxy decides nothing",
    tiered(),
    ['A', { backend: null, status: 502, usage: null, error: { kind: 'not-json', detail: '' } }, 'A'],
    'none',
  ],
  ['another 429 after a Retry-After of a minute', tiered(), ['A', limited(60), limited(60), 'B'], 'fail'],
  ['nobody takes over, and nobody else is there', tiered({ exclusive: true }), ['A', ...times(200, '503')], 'fail'],
  ['nobody takes over on a shared pool', tiered(), ['A', ...times(200, '503')], 'inconclusive'],
])('failover: %s', (_, pool, answers, verdict) => {
  expect(verdictOf('failover', anAudit(answers, pool))).toBe(verdict);
});

test('failures in flight together are no more than one', () => {
  const together = (at: number) => ({ backend: 'A', status: 500, usage: null, sentMs: 1_000 + at, receivedMs: 1_500 });
  expect(verdictOf('failover', anAudit([together(0), together(1), 'B'], tiered()))).toBe('pass');
});

const fixed: Partial<Pool> = { acceptRetryAfter: false };
test.each<[string, Pool, readonly Answer[], Verdict | 'none']>([
  ['nothing failed over', tiered(), ['A', 'A'], 'none'],
  ['back in the trip time', tiered(fixed), ['A', 'A 500', ...times(30, 'B'), 'A'], 'pass'],
  ['tried again, and failed again', tiered(fixed), ['A', 'A 500', ...times(30, 'B'), 'A 500', 'B'], 'pass'],
  ['not back yet', tiered(fixed), ['A', 'A 500', ...times(10, 'B')], 'inconclusive'],
  [
    'not back in time, and nobody else is there',
    tiered({ ...fixed, exclusive: true }),
    ['A', 'A 500', ...times(40, 'B')],
    'fail',
  ],
  [
    'too late, and nobody else is there',
    tiered({ ...fixed, exclusive: true }),
    ['A', 'A 500', ...times(40, 'B'), 'A'],
    'fail',
  ],
  ['not back in time on a shared pool', tiered(fixed), ['A', 'A 500', ...times(40, 'B')], 'inconclusive'],
  ['not back after three trip times', tiered(fixed), ['A', 'A 500', ...times(100, 'B')], 'fail'],
  ['the same of a member that had never been well', tiered(fixed), ['A 500', ...times(100, 'B')], 'inconclusive'],
  [
    'the same where the gateway hides failures',
    tiered({ ...fixed, retries: 1 }),
    ['A', 'A 500', ...times(100, 'B')],
    'inconclusive',
  ],
  ['within its Retry-After', tiered({ exclusive: true }), ['A', limited(45), ...times(40, 'B')], 'inconclusive'],
  ['beyond its Retry-After', tiered({ exclusive: true }), ['A', limited(20), ...times(40, 'B')], 'fail'],
  ['a Retry-After of a day', tiered({ exclusive: true }), ['A', limited(86_400), ...times(40, 'B')], 'inconclusive'],
  ['a Retry-After that was not shown', tiered({ exclusive: true }), ['A', '503', ...times(100, 'B')], 'inconclusive'],
])('recovery: %s', (_, pool, answers, verdict) => {
  expect(verdictOf('recovery', anAudit(answers, pool, { everyMs: 1_000 }))).toBe(verdict);
});

test('the estimate holds shares with their confidence sequences, and a timeline in which turns stand together', () => {
  const { estimate } = judgeLoadBalance(anAudit([...times(2, 'A', 'B'), '503', 'A'], even));
  const shares = { A: { expected: 0.5, observed: 0.5, answers: 2 }, B: { expected: 0.5, observed: 0.5, answers: 2 } };
  expect(estimate).toMatchObject({ shares });
  expect(estimate.shares?.A?.low).toBeLessThan(0.1);
  expect(estimate.timeline).toEqual([
    { from: '2026-01-05T12:00:00.000Z', to: '2026-01-05T12:00:00.700Z', backend: 'A + B', status: 200, probes: 4 },
    { from: '2026-01-05T12:00:00.800Z', to: '2026-01-05T12:00:00.900Z', backend: null, status: 503, probes: 1 },
    { from: '2026-01-05T12:00:01.000Z', to: '2026-01-05T12:00:01.100Z', backend: 'A', status: 200, probes: 1 },
  ]);
});

/** What a real pool answered: a small Sweden Central before France Central, a breaker that trips at one failure. */
const recorded: readonly (readonly [string | null, number, number])[] = [
  ['Sweden Central', 0.84, 200],
  [null, 1.23, 503],
  ['France Central', 2.57, 200],
  ['France Central', 1.94, 200],
  ['France Central', 1.97, 200],
  ['France Central', 2.18, 200],
  ['France Central', 1.72, 200],
  ['France Central', 2.17, 200],
  ['France Central', 1.99, 200],
  ['Sweden Central', 0.88, 200],
];

test('a recorded failover from Sweden to France and back passes', () => {
  const pool = aPool(
    [
      { id: 'Sweden Central', priority: 1 },
      { id: 'France Central', priority: 2 },
    ],
    { interval: 'PT2S' },
  );
  let sentMs = 0;
  const answers = recorded.map(([backend, seconds, status]) => {
    const receivedMs = sentMs + seconds * 1000;
    const answer = {
      backend,
      status,
      sentMs,
      headersMs: receivedMs,
      receivedMs,
      ...(status === 503 && { usage: null }),
    };
    sentMs = receivedMs + 2000;
    return answer;
  });
  const allowedBackends = ['Sweden Central', 'France Central'];
  const judgement = judgeLoadBalance(anAudit(answers, pool, { declared: aPoolDeclaration(pool, { allowedBackends }) }));
  expect(verdictsOf({ judgement })).toEqual({
    'backend-identified': 'pass',
    residency: 'pass',
    priority: 'pass',
    failover: 'pass',
    recovery: 'pass',
  });
  expect(judgement.estimate).toMatchObject({ failoverMs: 4570, recoveryMs: 31_420 });
});
