import type { ChaosCount } from './count-chaos';
import { speed } from './fast-clock';
import { runCuts, runKills } from './run-chaos';

/** A short form runs with all tests; `npm run test:chaos` runs as many rounds as it is told, and cuts in real time. */
const isLong = process.env.CHAOS_ROUNDS !== undefined;
const rounds = Number(process.env.CHAOS_ROUNDS ?? 4);
const minuteMs = 60_000;
/** A minute of the workers' time, which runs faster; in the long form a real one, too: an invocation's whole time. */
const cutsMs = [minuteMs / speed, ...(isLong ? [minuteMs / speed, minuteMs] : [])];

const nothingWrong = {
  lost: 0,
  doubled: 0,
  unrecordedAttempts: 0,
  unexplainedProbes: 0,
  tokensBeyondBooked: 0,
  tokensLeftReserved: 0,
};

function print(what: string, count: ChaosCount): void {
  if (isLong) process.stderr.write(`${what}: ${JSON.stringify(count, null, 2)}\n`);
}

test(
  `${rounds} rounds of killing a worker: nothing is lost, nothing stands twice, every broken attempt is recorded`,
  async () => {
    const count = await runKills(rounds);
    print(`${rounds} rounds, a worker killed in each`, count);
    expect(count).toMatchObject(nothingWrong);
    expect(count.audits).toBeGreaterThan(0);
  },
  120_000 + rounds * 10_000,
);

test('storage is cut off for a minute in the middle of audits: nothing is lost, nothing stands twice, every attempt that it breaks is recorded', async () => {
  const count = await runCuts(cutsMs);
  print(`storage cut off for ${cutsMs.join(', ')} ms`, count);
  expect(count).toMatchObject(nothingWrong);
  expect(count.audits).toBeGreaterThan(0);
}, 240_000);
