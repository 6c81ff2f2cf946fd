import type { AuditState, Step } from '../../../src/audit/check';
import { nextTokenLimit } from '../../../src/audit/token-limit/plan';
import type { Exchange } from '../../../src/probe/exchange';
import { smallestProbe } from '../../../src/probe/smallest-probe';
import { type AuditOf, answered, declaredAs, lost, refused, slidingBurst, startMs } from './an-audit';
import { mulberry32, runCell } from './cells';

interface Moment extends AuditOf {
  readonly state?: Partial<AuditState>;
}

/** What is next, a second after the last of these exchanges was finished. */
function nextAfter(exchanges: readonly Exchange[], { state, ...audit }: Moment = {}): Step {
  const last = exchanges.at(-1);
  return nextTokenLimit({
    declared: declaredAs(audit),
    startedMs: startMs,
    nowMs: last === undefined ? startMs : last.receivedMs + 1000,
    exchanges,
    inFlight: 0,
    priorCharges: [],
    ledgerSinceMs: 0,
    seed: 1,
    ...state,
  });
}

const secondsFromStart = (step: Step) => (step.do === 'wait' ? (step.untilMs - startMs) / 1000 : step.do);
const chargeAt = (seconds: number, tokens: number) => {
  const sentMs = startMs + 1000 * seconds;
  return { sentMs, receivedMs: sentMs + 200, tokens };
};

test('begins with one probe of the smallest size', () => {
  expect(nextAfter([])).toEqual({
    do: 'send',
    phase: 'first probe (0 % of the limit spent)',
    probes: [smallestProbe('first')],
  });
});

test('sends nothing while an answer is under way', () => {
  expect(nextAfter(slidingBurst, { state: { inFlight: 1 } })).toEqual({
    do: 'wait',
    phase: 'waiting for answers',
    untilMs: Number.POSITIVE_INFINITY,
  });
});

describe('waits for a quiet counter', () => {
  test.each<[string, number | string, Partial<AuditState>]>([
    ['where our own charges are known for a minute', 'send', { ledgerSinceMs: startMs - 60_000 }],
    ['until our own charges are known for a minute', 56, { ledgerSinceMs: startMs - 4_000 }],
    [
      'and until a bucket has paid what was charged before',
      30,
      { ledgerSinceMs: startMs - 60_000, priorCharges: [chargeAt(-61, 500)] },
    ],
    ['not for a small charge just before', 'send', { priorCharges: [chargeAt(-10, 300)] }],
    ['until a large charge is out of the minute', 50.201, { priorCharges: [chargeAt(-10, 500)] }],
    ['until an old charge is out of the minute', 35.201, { priorCharges: [chargeAt(-25, 20)] }],
    ['until the sixth second of a minute', -4, { nowMs: startMs - 5_000 }],
    ['into the next minute from second 51 on', 56, { nowMs: startMs + 41_000 }],
  ])('%s', (_, seconds, state) => {
    const step = nextAfter([], { state });
    expect(secondsFromStart(step)).toBe(seconds);
  });

  test('into the next minute from second 37 on where a bucket may be watched across its end', () => {
    const moment = { gateway: { limiter: 'token-bucket' as const }, state: { nowMs: startMs + 27_000 } };
    expect(secondsFromStart(nextAfter([], moment))).toBe(56);
  });
});

describe('stops', () => {
  const page: Partial<Exchange> = { status: 502, usage: null, error: { kind: 'not-json', detail: 'text/html' } };
  test.each<[string, string, readonly Exchange[]]>([
    [
      'when the quota is used up',
      'the token quota is used up',
      [...slidingBurst, refused(4, 30, { status: 403, refusedBy: 'gateway-quota' })],
    ],
    [
      'when the model refuses first',
      'the model refused before the gateway did',
      [...slidingBurst, refused(4, 30, { refusedBy: 'model' })],
    ],
    [
      'when the key is refused',
      'the key was refused (401)',
      [answered(0, 20, { status: 401, usage: null, refusedBy: null })],
    ],
    [
      'after three answers running that cannot be used',
      '3 probes in a row got no usable answer (not-json)',
      [...slidingBurst, answered(4, 20, page), answered(6, 20, page), answered(8, 20, page)],
    ],
    [
      'after three probes running without an answer',
      '3 probes in a row got no usable answer (reset)',
      [lost(0, 20), lost(2, 20), lost(4, 20)],
    ],
    [
      'where nothing was refused within 30 s',
      'no refusal within 30 s: too slow for this limit',
      [...slidingBurst, answered(30, 20)],
    ],
    [
      'where twice the limit was admitted',
      '1995 tokens were admitted without a refusal, the most that this audit may spend',
      [...slidingBurst, answered(4, 980)],
    ],
  ])('%s', (_, because, exchanges) => {
    expect(nextAfter(exchanges)).toEqual({ do: 'stop', because });
  });

  test('not after a single trouble: it pauses for a second and goes on', () => {
    const exchanges = [...slidingBurst, lost(4, 20)];
    const { receivedMs } = lost(4, 20);
    expect(nextAfter(exchanges, { state: { nowMs: receivedMs } })).toEqual({
      do: 'wait',
      phase: 'pausing after trouble',
      untilMs: receivedMs + 1000,
    });
    expect(nextAfter(exchanges).do).toBe('send');
  });
});

test('a step larger than the largest prompt is several probes sent together', () => {
  const step = nextAfter([answered(0, 20)], {
    customer: { tokensPerMinute: 1_000_000 },
    gateway: { maxPromptTokens: 32_000 },
  });
  const sizes = step.do === 'send' ? step.probes.map((probe) => probe.promptTokens) : [];
  expect(sizes.length).toBeGreaterThan(10);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(32_000);
  expect(sizes.reduce((a, b) => a + b, 0)).toBeLessThan(500_000);
});

test('500 audits of gateways of every kind never spend more than they may', () => {
  const random = mulberry32(2_600_000);
  const pick = <Item>(items: readonly [Item, ...Item[]]): Item =>
    items[Math.floor(random() * items.length)] ?? items[0];
  const most = Array.from({ length: 500 }, (_, run) => {
    const sold = pick([60, 60, 100, 100, 1_000, 1_000, 10_000, 10_000, 1_000_000]);
    const declaredCounters = pick([1, 1, 2]);
    const maxTokensFactor = pick([1.5, 2, 2.5]);
    const { evidence } = runCell(
      {
        kind: pick(['sliding-window', 'token-bucket', 'fixed-window']),
        declaredKind: pick(['sliding-window', 'token-bucket', 'unknown']),
        sold,
        factor: pick([0.5, 1, 1.5, 2, 4, null]),
        counters: pick([1, 2]),
        declaredCounters,
        maxTokensFactor,
        model: { latencyMs: pick([50, 500, 2_000]), estimatesPrompts: pick([false, true]) },
      },
      run,
    );
    const tokens = evidence.exchanges.reduce((total, exchange) => total + (exchange.usage?.total ?? 0), 0);
    return tokens / ((maxTokensFactor * declaredCounters + 0.35) * sold);
  });
  expect(Math.max(...most)).toBeLessThanOrEqual(1);
});
