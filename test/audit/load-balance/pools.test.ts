import { gatewayFaults } from '../../../simulator/faults';
import { aCase, breaker, type Spec, small } from './a-case';
import { auditPool, startMs, verdictsOf } from './simulate-pool';

const seen = { 'backend-identified': 'pass', residency: 'pass' };
const provoked: Spec = { isTiered: true, backends: { A: small }, settings: { provokeFailover: true } };

test.each<[string, Spec, object]>([
  ['round robin', {}, { ...seen, spread: 'pass' }],
  ['weights 3 : 1', { weights: [3, 1] }, { ...seen, spread: 'pass' }],
  ['blocks of 80 and 20', { weights: [80, 20], simulated: { balancing: 'block' } }, { ...seen, spread: 'pass' }],
  ['drawn evenly', { simulated: { balancing: 'random' } }, { ...seen, spread: 'pass' }],
  ['four members', { weights: [1, 1, 1, 1] }, { ...seen, spread: 'pass' }],
  ['two instances', { simulated: { instances: 2 }, declared: { instances: 2 } }, { ...seen, spread: 'pass' }],
  ['a small limit', { tokensPerMinute: 100 }, { ...seen, spread: 'pass' }],
  ['two priorities', { isTiered: true }, { ...seen, priority: 'pass' }],
  ['a provoked failover', provoked, { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' }],
  [
    'a provoked failover, its call answered 503',
    { ...provoked, simulated: { trippingCall: '503' } },
    { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' },
  ],
  [
    'a provoked failover that the gateway hides by a retry',
    { ...provoked, simulated: { retries: 1 }, declared: { retries: 1 } },
    { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' },
  ],
  [
    'a fixed trip time',
    {
      ...provoked,
      backends: { A: { ...small, breaker: { ...breaker, acceptRetryAfter: false } } },
      declared: { acceptRetryAfter: false },
    },
    { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' },
  ],
  [
    'a breaker that takes three failures',
    { ...provoked, backends: { A: { ...small, breaker: { ...breaker, failures: 3 } } }, declared: { failures: 3 } },
    { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' },
  ],
  [
    'a primary that is ill',
    { isTiered: true, backends: { A: { failing: { status: 500 }, breaker } } },
    { ...seen, priority: 'pass', failover: 'pass', recovery: 'pass' },
  ],
  [
    'nothing to provoke within the budget',
    { isTiered: true, settings: { provokeFailover: true }, tokensPerMinute: 2000 },
    { ...seen, priority: 'pass', failover: 'inconclusive' },
  ],
])('a healthy pool is not blamed: %s', (_, spec, verdicts) => {
  expect(verdictsOf(auditPool(aCase(spec)))).toEqual(verdicts);
});

test.each<[string, Spec, Readonly<Record<string, string>>]>([
  ['weights-ignored', { weights: [80, 20], faults: [{ name: 'weights-ignored' }] }, { spread: 'fail' }],
  ['weights-replaced', { faults: [{ name: 'weights-replaced' }] }, { spread: 'fail' }],
  [
    'weights-replaced',
    { declared: { retries: 1, acceptRetryAfter: false }, faults: [{ name: 'weights-replaced' }] },
    { spread: 'fail' },
  ],
  ['sticky', { faults: [{ name: 'sticky' }] }, { spread: 'fail' }],
  ['priority-ignored', { isTiered: true, faults: [{ name: 'priority-ignored' }] }, { priority: 'fail' }],
  [
    'breaker-never-trips',
    {
      isTiered: true,
      backends: { A: { failing: { status: 500 }, breaker } },
      faults: [{ name: 'breaker-never-trips' }],
    },
    { failover: 'fail' },
  ],
  ['breaker-never-trips', { ...provoked, faults: [{ name: 'breaker-never-trips' }] }, { failover: 'fail' }],
  ['breaker-never-resets', { ...provoked, faults: [{ name: 'breaker-never-resets' }] }, { recovery: 'fail' }],
  [
    'breaker-never-resets',
    { ...provoked, declared: { exclusive: true }, faults: [{ name: 'breaker-never-resets' }] },
    { recovery: 'fail' },
  ],
  ['foreign-region', { faults: [{ name: 'foreign-region' }] }, { residency: 'fail' }],
  [
    'backend-header-missing',
    { faults: [{ name: 'backend-header-missing' }] },
    { 'backend-identified': 'inconclusive', residency: 'inconclusive' },
  ],
])('the fault %s is caught, and no other rule fails', (name, spec, verdicts) => {
  const all = verdictsOf(auditPool(aCase(spec)));
  const failed = Object.entries(all).filter(([, verdict]) => verdict === 'fail');
  expect(all).toMatchObject(verdicts);
  expect(failed.map(([rule]) => rule)).toEqual(
    Object.entries(verdicts).flatMap(([rule, verdict]) => (verdict === 'fail' ? [rule] : [])),
  );
  const row = gatewayFaults.find((fault) => fault.name === name);
  if (row?.rule?.startsWith('load-balance/')) expect(failed).toContainEqual([row.rule.split('/')[1], 'fail']);
});

test.each([
  [true, 'fail'],
  [false, 'inconclusive'],
])('nobody takes over where every member is down (nobody else uses the pool: %p)', (exclusive, failover) => {
  const ill = { failing: { status: 500 }, breaker };
  const audit = auditPool(aCase({ isTiered: true, backends: { A: ill, B: ill }, declared: { exclusive } }));
  expect(verdictsOf(audit)).toMatchObject({ 'backend-identified': 'inconclusive', failover });
});

test('calls of others that open a breaker blame nobody', () => {
  // Their burst a second after our start uses up what the primary has; we only see that another answers.
  const others = [
    { atMs: startMs + 1_000, tokens: 5_900 },
    ...[1_001, 1_002].map((ms) => ({ atMs: startMs + ms, tokens: 5_900 })),
  ];
  const verdicts = verdictsOf(auditPool(aCase({ isTiered: true, backends: { A: small }, others })));
  expect(verdicts).toEqual({ ...seen, priority: 'inconclusive' });
});

test("a member that others' calls keep out for a while does not speak against the weights", () => {
  const others = [1_001, 1_002, 1_003, 1_004].map((ms) => ({ atMs: startMs + ms, tokens: 5_900 }));
  const verdicts = verdictsOf(auditPool(aCase({ backends: { A: small }, simulated: { balancing: 'random' }, others })));
  expect(verdicts.spread).not.toBe('fail');
});

test('what was followed stands in the estimate: who answered when, how long it took to fail over and to come back', () => {
  const { judgement } = auditPool(aCase({ ...provoked, declared: { exclusive: true } }));
  const { timeline = [], failoverMs, recoveryMs } = judgement.estimate;
  expect(timeline.map(({ backend, status }) => `${backend} ${status}`)).toEqual(['A 200', 'A 429', 'B 200', 'A 200']);
  expect({ quickly: (failoverMs ?? 0) < 1_000, inItsMinute: (recoveryMs ?? 0) < 60_000 }).toEqual({
    quickly: true,
    inItsMinute: true,
  });
});
