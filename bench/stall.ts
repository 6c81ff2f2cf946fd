import { type Bench, type Measure, measured, rounds } from './bench';
import type { RaceResult } from './race/result';
import { percentile } from './race/result';
import { type EngineResult, type Race, startRace } from './race/start-race';

const perSecond = 500;
const seconds = 20;
const stall = { everyMs: 5000, heldMs: 1000 };
/** The tools that keep a pace need a connection for each request that is held. */
const concurrency = 600;

const shares = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
type Name = keyof typeof shares;
const names = ['p50', 'p95', 'p99'] as const;

/**
 * What a load generator tells of a gateway that stalls: every answer is held during 1 s of every 5 s. The truth is
 * arithmetic: who was to start during a stall waits until its end, everybody else as long as a request takes when
 * nothing is held, which bare undici measures in the same run.
 */
export const stallRace: Bench = {
  about: `${perSecond} requests/s for ${seconds} s, answers held 1 s of every 5 s: how far each tool is from the truth`,
  async run(tell) {
    const truth = truthOf(await baseLatencyMs());
    tell(`truth: ${JSON.stringify(truth)}`);
    const race = await startRace(stall);
    try {
      const own: EngineResult[] = [];
      for (let round = 1; round <= rounds; round += 1) {
        own.push(await race.runEngine({ seconds, perSecond, concurrency }));
        tell(`round ${round}: ${JSON.stringify(own.at(-1)?.latencyMs)}`);
      }
      return [
        ...names.map((name) => errorOf(name, truth[name], own)),
        measured('arrivals sent', '%', {
          samples: own.map(({ planned, unsent }) => (100 * (planned - unsent)) / planned),
          goal: { atLeast: 100 },
        }),
        measured('late p99', 'ms', { samples: own.map(({ lateMs }) => lateMs.p99) }),
        measured('CPU a request', 'ms', {
          samples: own.map(({ cpuMsPerRequest }) => cpuMsPerRequest),
          goal: { atMost: 0.25 },
        }),
        measured('memory at most', 'MB', { samples: own.map(({ maxRssMb }) => maxRssMb), goal: { atMost: 90 } }),
        ...(await peersOf(race, truth)),
      ];
    } finally {
      await race.close();
    }
  },
};

/** The median of a request at the same pace when nothing is held. */
async function baseLatencyMs(): Promise<number> {
  const race = await startRace({ everyMs: 5000, heldMs: 0 });
  const { latencyMs } = await race.run('undici', { seconds: 1, concurrency: 1 });
  await race.close();
  return latencyMs.p50;
}

function truthOf(baseMs: number): Record<Name, number> {
  const waits = Array.from({ length: perSecond * seconds }, (_, index) => {
    const startMs = ((index * 1000) / perSecond) % stall.everyMs;
    const isHeld = startMs >= stall.everyMs - stall.heldMs;
    return baseMs + (isHeld ? stall.everyMs - startMs : 0);
  });
  return { p50: percentile(waits, shares.p50), p95: percentile(waits, shares.p95), p99: percentile(waits, shares.p99) };
}

/** As allowed: 3 % of the truth, but 1.5 ms at least. */
function errorOf(name: Name, truthMs: number, runs: readonly RaceResult[]): Measure {
  const samples = runs.map(({ latencyMs }) => Math.abs((latencyMs[name] ?? Number.NaN) - truthMs));
  const limitMs = Math.max(0.03 * truthMs, 1.5);
  const error = measured(`error at ${name}`, 'ms', { samples, goal: { atMost: Math.round(limitMs * 10) / 10 } });
  return { ...error, against: { name: 'truth', value: truthMs } };
}

/** Once each: what they tell differs from the truth by more than their runs differ from each other. */
async function peersOf(race: Race, truth: Record<Name, number>): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const peer of ['autocannon', 'loadtest']) {
    const run = await race.run(peer, { seconds, perSecond, concurrency });
    for (const name of names) {
      const told = run.latencyMs[name];
      if (told === null) continue;
      const measure = measured(`${peer}: ${name}`, 'ms', { samples: [told] });
      measures.push({ ...measure, against: { name: 'truth', value: truth[name] } });
    }
    measures.push(
      measured(`${peer}: sent`, '%', { samples: [(100 * run.answered) / (perSecond * seconds)] }),
      measured(`${peer}: CPU a request`, 'ms', { samples: [run.cpuMsPerRequest] }),
      measured(`${peer}: memory at most`, 'MB', { samples: [run.maxRssMb] }),
    );
  }
  return measures;
}
