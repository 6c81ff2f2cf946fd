import type { AuditState, Charge, Step } from '../../../src/audit/check';
import type { CheckSettings } from '../../../src/audit/declaration';
import { nextLoadBalance } from '../../../src/audit/load-balance/plan';
import { provokeBoundTokens } from '../../../src/audit/load-balance/provoke';
import type { Exchange } from '../../../src/probe/exchange';
import { aCase, small } from './a-case';
import { aPool } from './a-pool';
import { type Answer, anAudit, firstMs } from './an-audit';
import { auditPool } from './simulate-pool';

const even = aPool([{ id: 'A' }, { id: 'B' }]);

interface Moment {
  readonly settings?: Partial<CheckSettings>;
  readonly tokensPerMinute?: number;
  readonly inFlight?: number;
  readonly priorCharges?: readonly Charge[];
  readonly afterMs?: number;
  readonly pool?: typeof even;
}

/** What is asked next after these answers, by default at once. */
function nextAfter(answers: readonly Answer[], moment: Moment = {}): Step {
  const evidence = anAudit(answers, moment.pool ?? even);
  const { customer, gateway, settings } = evidence.declared;
  const lastMs = evidence.exchanges.at(-1)?.receivedMs ?? firstMs;
  const state: AuditState = {
    declared: {
      customer: { ...customer, tokensPerMinute: moment.tokensPerMinute ?? 100_000 },
      gateway,
      settings: { ...settings, ...moment.settings },
    },
    startedMs: firstMs,
    nowMs: lastMs + (moment.afterMs ?? 0),
    exchanges: evidence.exchanges,
    inFlight: moment.inFlight ?? 0,
    priorCharges: moment.priorCharges ?? [],
    ledgerSinceMs: 0,
    seed: 1,
  };
  return nextLoadBalance(state);
}

const turns = (count: number) => Array.from({ length: count }, (_, at) => (at % 2 === 0 ? 'A' : 'B'));

test('begins with one smallest probe', () => {
  expect(nextAfter([])).toMatchObject({ do: 'send', probes: [{ promptTokens: 10, maxCompletionTokens: 1 }] });
});

test.each<[string, readonly Answer[], Moment, object]>([
  ['one after another while the order shows round robin', turns(8), { inFlight: 1 }, { do: 'wait' }],
  [
    'round robin is settled after twenty',
    turns(20),
    {},
    { do: 'stop', because: 'all that this audit can see was seen' },
  ],
  ['draws go on, up to four at once', [...turns(18), 'A', 'A'], { inFlight: 3 }, { do: 'send' }],
  ['and no more', [...turns(18), 'A', 'A'], { inFlight: 4 }, { do: 'wait' }],
  [
    'the most probes allowed',
    ['A', 'A'],
    { settings: { maxProbes: 2 } },
    { do: 'stop', because: 'the most probes allowed are sent' },
  ],
  [
    'no answer names its backend',
    Array.from({ length: 5 }, () => ({ backend: null })),
    {},
    { do: 'stop', because: 'no answer says which backend gave it' },
  ],
  [
    'the key is refused',
    [{ status: 401, usage: null, backend: null }],
    {},
    { do: 'stop', because: 'the key was refused (401)' },
  ],
  [
    'the quota is used up',
    [{ status: 403, usage: null, backend: null, refusedBy: 'gateway-quota' }],
    {},
    { do: 'stop', because: 'the token quota is used up' },
  ],
  [
    'trouble is given a second',
    [{ status: null, usage: null, backend: null, error: { kind: 'reset', detail: '' } }],
    {},
    { do: 'wait', untilMs: firstMs + 1_100 },
  ],
])('%s', (_, answers, moment, step) => {
  expect(nextAfter(answers, moment)).toMatchObject(step);
});

test("waits as long as the customer's own limit asks, and stops where it keeps refusing", () => {
  const refused = {
    status: 429,
    usage: null,
    backend: null,
    refusedBy: 'gateway-token-limit',
    retryAfterMs: 12_000,
  } as const;
  expect(nextAfter(['A', refused])).toMatchObject({ do: 'wait', untilMs: firstMs + 300 + 12_000 });
  expect(nextAfter(Array.from({ length: 5 }, () => refused))).toEqual({
    do: 'stop',
    because: "others use up the customer's token limit",
  });
});

test('what was charged before the audit takes room in the minute', () => {
  const priorCharges = [{ sentMs: firstMs - 20_000, receivedMs: firstMs - 19_000, tokens: 690 }];
  expect(nextAfter([], { tokensPerMinute: 1000, priorCharges })).toMatchObject({
    do: 'wait',
    untilMs: firstMs + 41_001,
  });
});

test('a member that fails is asked for again at once, and once another has answered at the pace of its breaker', () => {
  const pool = aPool([{ id: 'A' }, { id: 'B', priority: 2 }], { acceptRetryAfter: false });
  expect(nextAfter(['A', 'A 500'], { pool })).toMatchObject({ do: 'send', phase: 'following a failure' });
  const lastMs = firstMs + 500;
  expect(nextAfter(['A', 'A 500', 'B'], { pool })).toMatchObject({
    do: 'wait',
    untilMs: expect.closeTo(lastMs + 2_133, 0),
  });
});

test('a Retry-After that is longer than an audit may last is not waited out', () => {
  const pool = aPool([{ id: 'A' }, { id: 'B', priority: 2 }]);
  const limited = { backend: 'A', status: 429, usage: null, refusedBy: 'model', retryAfterMs: 86_400_000 } as const;
  expect(nextAfter(['A', limited, 'B'], { pool })).toEqual({
    do: 'stop',
    because: 'a breaker may stay open for 86400 s, longer than this audit waits',
  });
});

function mostInAMinute(exchanges: readonly Exchange[]): number {
  const charges = exchanges.map(({ receivedMs, usage }) => ({ atMs: receivedMs, tokens: usage?.total ?? 0 }));
  return Math.max(
    ...charges.map(({ atMs }) =>
      charges
        .filter((one) => one.atMs > atMs - 60_000 && one.atMs <= atMs)
        .reduce((sum, { tokens }) => sum + tokens, 0),
    ),
  );
}

test.each([100, 300, 1000, 5000])('never spends more than 70 %% of a limit of %p in any minute', (tokensPerMinute) => {
  const { evidence } = auditPool(aCase({ tokensPerMinute, simulated: { balancing: 'random' } }));
  expect(mostInAMinute(evidence.exchanges)).toBeLessThanOrEqual(0.7 * tokensPerMinute);
});

test('provoking a failover keeps within its bound and within the pace', () => {
  const tokensPerMinute = 20_000;
  const settings = { provokeFailover: true };
  const { evidence } = auditPool(aCase({ isTiered: true, tokensPerMinute, settings }));
  const provoking = evidence.exchanges.filter(({ asked }) => asked.step === 'provoke');
  const spent = provoking.reduce((sum, { usage }) => sum + (usage?.total ?? 0), 0);
  expect(spent).toBeGreaterThan(tokensPerMinute);
  expect(spent).toBeLessThanOrEqual(provokeBoundTokens({ tokensPerMinute }));
  expect(mostInAMinute(evidence.exchanges)).toBeLessThanOrEqual(0.7 * tokensPerMinute);
});

test('nothing is provoked where that was not asked for', () => {
  const { evidence } = auditPool(aCase({ isTiered: true, backends: { A: small } }));
  expect(evidence.exchanges.map(({ asked }) => asked.promptTokens)).toEqual(Array.from({ length: 20 }, () => 10));
});
