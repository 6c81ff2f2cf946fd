import type { Engine } from '../../../simulator/engine';
import { costOf } from '../../../src/audit/charges';
import type { MeterReading, ReadMeter } from '../../../src/audit/meter-reading';
import type { Clock } from '../../../src/probe/clock';
import { auditUsage, startMs, type UsageAudit, verdictsOf } from './audit-usage';
import { engineCallMeter, engineMeter, keyOf } from './engine-gateway';

const minuteMs = 60_000;
const healthy = ['usage-reported pass', 'metered pass', 'stream-parity pass', 'attributed pass'];

describe('a healthy gateway is blamed for nothing', () => {
  const seeds = Array.from({ length: 25 }, (_, index) => index + 1);
  test.each([60, 100, 1000, 1_000_000])('at %i tokens a minute, whatever is drawn', async (tokensPerMinute) => {
    for (const seed of seeds) {
      const audit = await auditUsage({ seed, customer: { tokensPerMinute } });
      expect({ seed, verdicts: verdictsOf(audit.draft) }).toEqual({ seed, verdicts: healthy });
    }
  });

  test('with a key that others may use, as long as they do not', async () => {
    expect(verdictsOf((await auditUsage({ customer: { dedicated: false } })).draft)).toEqual(healthy);
  });

  test('by a meter that names calls', async () => {
    expect(verdictsOf((await auditUsage({ meter: engineCallMeter })).draft)).toEqual(healthy);
  });
});

describe('the workload', () => {
  test('is no more than 60 % of the limit in any minute, and runs between quiet minutes', async () => {
    for (const tokensPerMinute of [100, 300, 1000]) {
      const { exchanges, meterReadings } = (await auditUsage({ customer: { tokensPerMinute } })).evidence;
      const spent = exchanges.map(({ receivedMs }) =>
        exchanges
          .filter((other) => other.receivedMs <= receivedMs && other.receivedMs > receivedMs - minuteMs)
          .reduce((sum, other) => sum + costOf(other), 0),
      );
      expect(Math.max(...spent)).toBeLessThanOrEqual(0.6 * tokensPerMinute);
      for (const { fromMs, toMs } of meterReadings ?? []) {
        const inside = exchanges.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs);
        expect([fromMs % minuteMs, toMs % minuteMs]).toEqual([0, 0]);
        expect(new Set(inside.map(({ asked }) => asked.streamed)).size).toBe(1);
        const firstMs = Math.min(...inside.map(({ sentMs }) => sentMs));
        const before = exchanges.filter(({ receivedMs }) => receivedMs < firstMs);
        const lastBeforeMs = Math.max(startMs - minuteMs, ...before.map(({ receivedMs }) => receivedMs));
        expect(firstMs - lastBeforeMs).toBeGreaterThanOrEqual(minuteMs);
        expect(toMs - Math.max(...inside.map(({ receivedMs }) => receivedMs))).toBeGreaterThanOrEqual(minuteMs);
      }
    }
  });

  test('is the same for the same audit, and another for another', async () => {
    const asked = async (seed: number) => (await auditUsage({ seed })).evidence.exchanges.map((one) => one.asked);
    expect(await asked(1)).toEqual(await asked(1));
    expect(await asked(1)).not.toEqual(await asked(2));
  });

  test('is plain calls alone where no meter is declared, and only their usage is judged', async () => {
    const { draft, evidence } = await auditUsage({ gateway: { meter: { kind: 'none' } } });
    expect(verdictsOf(draft)).toEqual(['usage-reported pass']);
    expect(evidence.exchanges.some(({ asked }) => asked.streamed)).toBe(false);
  });

  test('ends after three calls running without an answer', async () => {
    const { draft, evidence } = await auditUsage({ faults: [{ name: 'connection-resets' }] });
    expect([evidence.exchanges.length, verdictsOf(draft)]).toEqual([3, ['metered inconclusive']]);
  });
});

describe('a meter that is off is found out, and by how much', () => {
  const cases: readonly {
    readonly fault: { readonly name: string; readonly [parameter: string]: unknown };
    readonly fails: readonly string[];
    readonly captureRate: object;
  }[] = [
    { fault: { name: 'meter-factor' }, fails: ['metered'], captureRate: { plain: 0.902, streamed: 0.9 } },
    { fault: { name: 'meter-factor', factor: 1.1 }, fails: ['metered'], captureRate: { plain: 1.101, streamed: 1.1 } },
    { fault: { name: 'meter-loses-streams' }, fails: ['stream-parity'], captureRate: { plain: 1, streamed: 0 } },
    {
      fault: { name: 'meter-loses-prompts' },
      fails: ['metered', 'stream-parity'],
      captureRate: { plain: 0.195, streamed: 0.192 },
    },
    {
      fault: { name: 'meter-loses-calls', every: 4 },
      fails: ['metered', 'stream-parity'],
      captureRate: { plain: 0.796, streamed: 0.684 },
    },
    {
      fault: { name: 'meter-counts-twice' },
      fails: ['metered', 'stream-parity'],
      captureRate: { plain: 2, streamed: 2 },
    },
    { fault: { name: 'meter-lacks-dimension' }, fails: ['attributed'], captureRate: { plain: 0, streamed: 0 } },
    {
      fault: { name: 'meter-books-on', subscriptionId: 'northwind' },
      fails: ['attributed'],
      captureRate: { plain: 0, streamed: 0 },
    },
    { fault: { name: 'usage-missing' }, fails: ['usage-reported'], captureRate: { plain: null, streamed: null } },
  ];

  test.each(cases)('$fault.name: fails $fails', async ({ fault, fails, captureRate }) => {
    const { draft } = await auditUsage({ faults: [fault] });
    const failed = draft.findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule);
    expect({ failed, captureRate: draft.estimate.captureRate }).toEqual({ failed: fails, captureRate });
  });

  test.each(cases.filter(({ fault }) => fault.name !== 'usage-missing'))(
    '$fault.name: the same by a meter that names calls',
    async ({ fault, fails }) => {
      const { draft } = await auditUsage({ faults: [fault], meter: engineCallMeter });
      expect(draft.findings.filter(({ verdict }) => verdict === 'fail').map(({ rule }) => rule)).toEqual(fails);
    },
  );

  test('lost prompts are named as such, and lost calls by their numbers', async () => {
    const prompts = await auditUsage({ faults: [{ name: 'meter-loses-prompts' }] });
    const calls = await auditUsage({ faults: [{ name: 'meter-loses-calls' }], meter: engineCallMeter });
    const metered = ({ draft }: typeof prompts) => draft.findings.find(({ rule }) => rule === 'metered');
    expect([metered(prompts), metered(calls)]).toEqual([
      {
        rule: 'metered',
        verdict: 'fail',
        expected: '676 tokens in 10 plain calls, ± 14 allowed',
        observed: '132 tokens in 10 calls (0 prompt, 132 completion)',
        because: '544 prompt tokens that models reported are not metered.',
      },
      {
        rule: 'metered',
        verdict: 'fail',
        expected: '676 tokens in 10 plain calls, ± 14 allowed',
        observed: '538 tokens in 8 calls (435 prompt, 103 completion); not in the meter: call 4, 8',
        because: '138 tokens that models reported are not metered.',
      },
    ]);
  });
});

describe("somebody else's calls with the customer's key", () => {
  const meanwhile = (engine: Engine, clock: Clock) => callNowAndThen('contoso', engine, clock);
  const shared: UsageAudit = { customer: { dedicated: false }, meanwhile };

  test('make it impossible to say whether tokens are too many', async () => {
    const { draft } = await auditUsage(shared);
    expect(verdictsOf(draft)).toEqual([
      'usage-reported pass',
      'metered inconclusive',
      'stream-parity inconclusive',
      'attributed pass',
    ]);
  });

  test('are told apart where the meter names calls', async () => {
    expect(verdictsOf((await auditUsage({ ...shared, meter: engineCallMeter })).draft)).toEqual(healthy);
  });

  test("other customers' calls are nobody's business", async () => {
    const { draft } = await auditUsage({
      meanwhile: (engine, clock) => callNowAndThen('northwind', engine, clock),
    });
    expect(verdictsOf(draft)).toEqual(healthy);
  });

  test("one like ours in a single window is not taken for ours: a customer's audit at the same time, seen in a demo", async () => {
    const like =
      (engine: Engine, clock: Clock): ReadMeter =>
      async (window) => {
        const reading = await engineMeter(engine, clock)(window);
        const rows = reading.rows.map((row) => ({ ...row, subscriptionId: 'northwind' }));
        const isStreamed = window.fromMs > startMs + 2 * minuteMs;
        return { ...reading, rows: isStreamed ? rows : [...reading.rows, ...rows] };
      };
    const { draft } = await auditUsage({ meter: like });
    expect(verdictsOf(draft)).toEqual(['usage-reported pass', 'metered pass', 'stream-parity fail', 'attributed pass']);
  });

  test('and do not pass for streamed calls that are lost', async () => {
    const { draft } = await auditUsage({
      meanwhile: (engine, clock) => callNowAndThen('northwind', engine, clock),
      faults: [{ name: 'meter-loses-streams' }],
    });
    expect(verdictsOf(draft)).toEqual(['usage-reported pass', 'metered pass', 'stream-parity fail', 'attributed pass']);
  });
});

describe('a meter that can not be read decides nothing', () => {
  const undecided = ['usage-reported pass', 'metered inconclusive', 'stream-parity inconclusive'];
  const states: readonly (readonly [string, Partial<MeterReading>])[] = [
    ['fails', { state: 'trouble', because: 'no answer (ECONNREFUSED)', rows: [] }],
    ['answers half', { state: 'partial', because: 'the query ran out of time' }],
  ];

  test.each(states)('because it %s', async (_, broken) => {
    const meter =
      (engine: Engine, clock: Clock): ReadMeter =>
      async (window) => ({
        ...(await engineMeter(engine, clock)(window)),
        ...broken,
      });
    const { draft, evidence } = await auditUsage({ meter });
    expect([verdictsOf(draft), evidence.meterReadings?.length]).toEqual([undecided, 6]);
  });

  test('but once it can, it does', async () => {
    let asked = 0;
    const meter =
      (engine: Engine, clock: Clock): ReadMeter =>
      async (window) => {
        asked += 1;
        const reading = await engineMeter(engine, clock)(window);
        return asked <= 2 ? { ...reading, state: 'trouble', because: 'busy', rows: [] } : reading;
      };
    expect(verdictsOf((await auditUsage({ meter })).draft)).toEqual(healthy);
  });

  test('because it is still being filled when it should have settled', async () => {
    const { draft } = await auditUsage({ simulated: { meterDelayMs: 14 * minuteMs } });
    expect(draft.verdict).not.toBe('fail');
  });

  test('is not asked before it has had its time', async () => {
    const { evidence } = await auditUsage({ simulated: { meterDelayMs: 9 * minuteMs } });
    const last = Math.max(...evidence.exchanges.map(({ receivedMs }) => receivedMs));
    const askedMs = (evidence.meterReadings ?? []).map((reading) => reading.askedMs - last);
    expect(Math.min(...askedMs)).toBeGreaterThanOrEqual(10 * minuteMs);
  });
});

/** A call of 40 tokens every 20 s, for as long as an audit takes. */
async function callNowAndThen(customerId: string, engine: Engine, clock: Clock): Promise<void> {
  for (let atMs = startMs; atMs < startMs + 15 * minuteMs; atMs += 20_000) {
    await clock.sleepUntil(atMs);
    const arrival = engine.arrive(clock.nowMs(), {
      method: 'POST',
      path: '/aoai/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
      headers: { 'api-key': keyOf(customerId) },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'word '.repeat(23) }], max_tokens: 10 }),
    });
    if (arrival.accepted) engine.complete(clock.nowMs(), arrival.ticket);
  }
}
