import type { SimulatorConfigInput } from '../../simulator/config';
import type { Engine } from '../../simulator/engine';
import { anEngine, ask, contoso, start } from './drive';

type Pool = NonNullable<SimulatorConfigInput['pool']>;
type Backend = NonNullable<SimulatorConfigInput['backends']>[number];

const customer = { ...contoso, tokensPerMinute: 1_000_000 };

function aPool(pool: Pool, backends: Record<string, Partial<Backend>> = {}, faults: { name: string }[] = []): Engine {
  const ids = (pool.members ?? []).map((member) => member.backend);
  return anEngine({
    customers: [customer],
    backends: ids.map((id) => ({ id, region: id, ...backends[id] })),
    pool,
    faults,
  });
}

/** Who answered calls a second apart, or the status where it was no 200. */
function serve(engine: Engine, calls: number, firstMs = start): string {
  return Array.from({ length: calls }, (_, index) => {
    const answer = ask(engine, firstMs + index * 1000);
    return answer.status === 200 ? answer.headers['x-ms-region'] : answer.status;
  }).join(' ');
}

const ill = { failing: { status: 500 } };
const twoTiers: Pool = {
  members: [
    { backend: 'A', priority: 1 },
    { backend: 'B', priority: 2 },
  ],
};
const breaker = { failures: 3, interval: 'PT1M', tripDuration: 'PT30S' };

test.each<[NonNullable<Pool['balancing']>, string]>([
  ['smooth', 'A A B A A A B A'],
  ['block', 'A A A B A A A B'],
])('%s balancing spreads 3 to 1 in its own order', (balancing, order) => {
  const members = [
    { backend: 'A', weight: 3 },
    { backend: 'B', weight: 1 },
  ];
  expect(serve(aPool({ members, balancing }), 8)).toBe(order);
});

test('random balancing comes near the weights', () => {
  const members = [
    { backend: 'A', weight: 80 },
    { backend: 'B', weight: 20 },
  ];
  const served = serve(aPool({ members, balancing: 'random' }), 1000).split(' ');
  const share = served.filter((backend) => backend === 'A').length / 1000;
  expect(share).toBeGreaterThan(0.76);
  expect(share).toBeLessThan(0.84);
});

test('every instance has its own place in the sequence', () => {
  const members = [{ backend: 'A' }, { backend: 'B' }, { backend: 'C' }];
  expect(serve(aPool({ members, instances: 2 }), 8)).toBe('A A B B C C A A');
});

test('a pool without weights between its members spreads evenly', () => {
  const members = [
    { backend: 'A', weight: 0 },
    { backend: 'B', weight: 0 },
  ];
  expect(serve(aPool({ members }), 4)).toBe('A B A B');
});

test('a breaker trips at the count, lets the lower tier serve, and resets after the trip duration', () => {
  const failing = { failing: { status: 500 }, breaker };
  expect(serve(aPool(twoTiers, { A: failing }), 36)).toBe(
    `500 500 500 ${Array.from({ length: 29 }, () => 'B').join(' ')} 500 500 500 B`,
  );
});

test('failures further apart than the interval do not trip', () => {
  const engine = aPool(twoTiers, { A: { ...ill, breaker: { ...breaker, failures: 2, interval: 'PT2S' } } });
  const statuses = [0, 2, 4, 5, 6].map((second) => serve(engine, 1, start + second * 1000));
  expect(statuses).toEqual(['500', '500', '500', '500', 'B']);
});

test('a breaker by percentage looks at the share of the calls', () => {
  const percentage = { percentage: 50, interval: 'PT1M', tripDuration: 'PT30S' };
  const small = { tokensPerMinute: 1000, requestsPer10Seconds: 2, breaker: percentage };
  expect(serve(aPool(twoTiers, { A: small }), 6)).toBe('A A 429 429 B B');
});

test("stays open for the backend's Retry-After where it accepts it", () => {
  const small = { tokensPerMinute: 1000, requestsPer10Seconds: 1, breaker: { failures: 1, tripDuration: 'PT30S' } };
  expect(serve(aPool(twoTiers, { A: small }), 12)).toBe('A 429 B B B B B B B B A 429');
});

test('every instance must see the failures itself', () => {
  const engine = aPool({ ...twoTiers, instances: 2 }, { A: { ...ill, breaker: { ...breaker, failures: 1 } } });
  expect(serve(engine, 4)).toBe('500 500 B B');
});

test('the tripping call is answered 503 by the gateway, without a sign of a backend, where that is switched on', () => {
  const engine = aPool({ ...twoTiers, trippingCall: '503' }, { A: { ...ill, breaker: { ...breaker, failures: 1 } } });
  expect(ask(engine, start)).toEqual({
    status: 503,
    headers: { 'content-type': 'application/json' },
    body: '{"statusCode":503,"message":"Service unavailable"}',
    chunks: null,
    reset: false,
  });
});

test.each<[Partial<Pool>, number, string]>([
  [{ downBody: 'old' }, 503, '{"statusCode":503,"message":"Backend pool \'pool\' is temporarily unavailable."}'],
  [{ downBody: 'new' }, 503, '{"statusCode":503,"message":"Service unavailable"}'],
  [{ downBody: 'empty' }, 503, ''],
  [{ downStatus: 429 }, 429, '{"statusCode":429,"message":"Service unavailable"}'],
])('a pool that is down answers by itself (%p)', (pool, status, body) => {
  const both = { ...ill, breaker: { ...breaker, failures: 1 } };
  const engine = aPool({ ...twoTiers, ...pool }, { A: both, B: both });
  expect(serve(engine, 2)).toBe('500 500');
  expect(ask(engine, start + 2000)).toMatchObject({ status, body });
});

test.each<[Partial<Pool>, string]>([
  [{ retries: 0 }, '500 B B'],
  [{ retries: 1 }, 'B B B'],
  [{ retries: 1, reselect: false }, '503 B B'],
])('the policy retries on another member if it selects again (%p)', (pool, served) => {
  const engine = aPool({ ...twoTiers, ...pool }, { A: { ...ill, breaker: { ...breaker, failures: 1 } } });
  expect(serve(engine, 3)).toBe(served);
});

test('a caller that gives the cookie back stays, another does not', () => {
  const engine = aPool({ members: [{ backend: 'A' }, { backend: 'B' }], affinityCookie: 'SessionId' });
  const first = ask(engine, start);
  expect(first.headers['set-cookie']).toBe('SessionId=QQ; Path=/; HttpOnly');
  const again = ask(engine, start + 1000, { headers: { cookie: 'x=1; SessionId=QQ' } });
  expect(again.headers['x-ms-region']).toBe('A');
  expect(serve(engine, 2)).toBe('B A');
});

test('a backend may answer under another name than its region', () => {
  const engine = anEngine({
    backends: [{ id: 'ptu', region: 'East US', answersAs: 'ptu-1' }],
    headers: { backend: 'x-backend' },
  });
  expect(ask(engine, start).headers).toMatchObject({ 'x-backend': 'ptu-1', 'x-ms-region': 'East US' });
});

const even: Pool = {
  members: [
    { backend: 'A', weight: 3 },
    { backend: 'B', weight: 1 },
  ],
};
test.each<[{ name: string; [parameter: string]: unknown }, Pool, Record<string, Partial<Backend>>, string]>([
  [{ name: 'weights-ignored' }, even, {}, 'A B A B'],
  [{ name: 'weights-replaced', weights: [1, 3] }, even, {}, 'B A B B'],
  [{ name: 'sticky', share: 1 }, even, {}, 'A A A A'],
  [{ name: 'priority-ignored' }, twoTiers, {}, 'A B A B'],
  [{ name: 'breaker-never-trips' }, twoTiers, { A: { ...ill, breaker } }, '500 500 500 500'],
  [{ name: 'foreign-region', region: 'East US', share: 1 }, even, {}, 'East US East US East US East US'],
  [{ name: 'backend-header-missing' }, even, {}, '   '],
])('the fault %p does what it says', (fault, pool, backends, served) => {
  expect(serve(aPool(pool, backends, [fault]), 4)).toBe(served);
});

test('the fault breaker-never-resets keeps a member out for ever', () => {
  const engine = aPool(twoTiers, { A: { ...ill, breaker } }, [{ name: 'breaker-never-resets' }]);
  serve(engine, 3);
  expect(serve(engine, 1, start + 86_400_000)).toBe('B');
});
