import { aPool } from './a-pool';
import { auditPool, type PoolCase, verdictsOf } from './simulate-pool';

const show = (name: string, poolCase: PoolCase) => {
  const t = Date.now();
  const audit = auditPool(poolCase);
  const { evidence, judgement } = audit;
  process.stdout.write(
    `${name}: ${JSON.stringify(verdictsOf(audit))} probes=${evidence.exchanges.length} s=${(evidence.finishedMs - evidence.startedMs) / 1000} ${evidence.stoppedBecause} ${Date.now() - t}ms ${JSON.stringify({ ...judgement.estimate, timeline: undefined, shares: undefined })} ${judgement.findings
      .filter((f) => f.verdict !== 'pass')
      .map((f) => `\n     ${f.rule}: ${f.observed} | ${f.because}`)
      .join('')}\n`,
  );
};
const backends = (ids: string[], more: Record<string, object> = {}) =>
  ids.map((id) => ({ id, region: id, ...more[id] }));
const members = (ids: string[], weights?: number[]) =>
  ids.map((backend, i) => ({ backend, weight: weights?.[i] ?? 1 }));
const tiers = [
  { backend: 'A', priority: 1 },
  { backend: 'B', priority: 2 },
];
const declaredTiers = [
  { id: 'A', priority: 1 },
  { id: 'B', priority: 2 },
];
const breaker = { failures: 1, interval: 'PT1M', tripDuration: 'PT30S' };
test('x', () => {
  const even = {
    simulated: { backends: backends(['A', 'B']), pool: { members: members(['A', 'B']) } },
    pool: aPool([{ id: 'A' }, { id: 'B' }]),
  };
  show('even smooth', even);
  show('even random', {
    ...even,
    simulated: { ...even.simulated, pool: { members: members(['A', 'B']), balancing: 'random' } },
  });
  show('80/20 block', {
    simulated: { backends: backends(['A', 'B']), pool: { members: members(['A', 'B'], [80, 20]), balancing: 'block' } },
    pool: aPool([
      { id: 'A', weight: 80 },
      { id: 'B', weight: 20 },
    ]),
  });
  show('80/20 ignored', {
    simulated: {
      backends: backends(['A', 'B']),
      pool: { members: members(['A', 'B'], [80, 20]) },
      faults: [{ name: 'weights-ignored' }],
    },
    pool: aPool([
      { id: 'A', weight: 80 },
      { id: 'B', weight: 20 },
    ]),
  });
  show('50/50 replaced', { simulated: { ...even.simulated, faults: [{ name: 'weights-replaced' }] }, pool: even.pool });
  show('50/50 replaced random', {
    simulated: {
      ...even.simulated,
      pool: { members: members(['A', 'B']), balancing: 'random' },
      faults: [{ name: 'weights-replaced' }],
    },
    pool: even.pool,
  });
  show('sticky', { simulated: { ...even.simulated, faults: [{ name: 'sticky' }] }, pool: even.pool });
  show('sticky excl', {
    simulated: { ...even.simulated, faults: [{ name: 'sticky' }] },
    pool: { ...even.pool, exclusive: true },
  });
  show('foreign', {
    simulated: { ...even.simulated, faults: [{ name: 'foreign-region' }] },
    pool: even.pool,
    gateway: { allowedBackends: ['A', 'B'] },
  });
  show('header missing', {
    simulated: { ...even.simulated, faults: [{ name: 'backend-header-missing' }] },
    pool: even.pool,
    gateway: { allowedBackends: ['A', 'B'] },
  });
  const two = {
    simulated: { backends: backends(['A', 'B'], { A: { breaker } }), pool: { members: tiers } },
    pool: aPool(declaredTiers),
  };
  show('tiers healthy', two);
  show('tiers priority ignored', { ...two, simulated: { ...two.simulated, faults: [{ name: 'priority-ignored' }] } });
  show('tiers priority ignored no RA', {
    ...two,
    pool: { ...two.pool, acceptRetryAfter: false },
    simulated: { ...two.simulated, faults: [{ name: 'priority-ignored' }] },
  });
  const ill = {
    simulated: {
      backends: backends(['A', 'B'], { A: { failing: { status: 500 }, breaker: { ...breaker, failures: 3 } } }),
      pool: { members: tiers },
    },
    pool: aPool(declaredTiers, { failures: 3 }),
  };
  show('ill primary', ill);
  show('ill never trips', { ...ill, simulated: { ...ill.simulated, faults: [{ name: 'breaker-never-trips' }] } });
  const small = (tripping: 'pass' | '503', more: object = {}) => ({
    simulated: {
      backends: backends(['A', 'B'], { A: { tokensPerMinute: 6000, requestsPer10Seconds: null, breaker } }),
      pool: { members: tiers, trippingCall: tripping, ...more },
    },
    pool: aPool(declaredTiers, more as never),
    settings: { provokeFailover: true },
  });
  show('provoke pass', small('pass'));
  show('provoke 503', small('503'));
  show('provoke pass noRA', {
    ...small('pass'),
    simulated: {
      ...small('pass').simulated,
      backends: backends(['A', 'B'], {
        A: { tokensPerMinute: 6000, requestsPer10Seconds: null, breaker: { ...breaker, acceptRetryAfter: false } },
      }),
    },
    pool: aPool(declaredTiers, { acceptRetryAfter: false }),
  });
  show('provoke never resets', {
    ...small('pass'),
    simulated: { ...small('pass').simulated, faults: [{ name: 'breaker-never-resets' }] },
  });
  show('provoke never resets exclusive', {
    ...small('pass'),
    pool: { ...small('pass').pool, exclusive: true },
    simulated: { ...small('pass').simulated, faults: [{ name: 'breaker-never-resets' }] },
  });
  show('provoke 503 never resets', {
    ...small('503'),
    simulated: { ...small('503').simulated, faults: [{ name: 'breaker-never-resets' }] },
  });
  show('provoke never trips', {
    ...small('pass'),
    simulated: { ...small('pass').simulated, faults: [{ name: 'breaker-never-trips' }] },
  });
  show('provoke retries', small('pass', { retries: 1 }));
  show('provoke none', { ...two, settings: { provokeFailover: true } });
  show('small RPM', {
    simulated: {
      backends: backends(['A', 'B'], { A: { tokensPerMinute: 1000, breaker } }),
      pool: { members: tiers, trippingCall: '503' },
    },
    pool: aPool(declaredTiers),
  });
  show('all down', {
    simulated: {
      backends: backends(['A', 'B'], {
        A: { failing: { status: 500, share: 1 }, breaker },
        B: { failing: { status: 500 }, breaker },
      }),
      pool: { members: tiers },
    },
    pool: aPool(declaredTiers),
  });
  show('even, one ill', {
    simulated: {
      backends: backends(['A', 'B'], { A: { failing: { status: 500, share: 0.05 }, breaker } }),
      pool: { members: members(['A', 'B']), balancing: 'random' },
    },
    pool: even.pool,
  });
  show('L=100', { ...even, tokensPerMinute: 100 });
  show('L=1000 random', {
    ...even,
    simulated: { ...even.simulated, pool: { members: members(['A', 'B']), balancing: 'random' } },
    tokensPerMinute: 1000,
  });
});
