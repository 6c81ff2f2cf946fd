import { runChaos } from './run-chaos';

/** A short form runs with all tests; `npm run test:chaos` runs as many rounds as it is told. */
const rounds = Number(process.env.CHAOS_ROUNDS ?? 4);

test(
  `${rounds} rounds of killing a worker: nothing is lost, nothing stands twice, every broken attempt is recorded`,
  async () => {
    const result = await runChaos(rounds);
    if (process.env.CHAOS_ROUNDS !== undefined) process.stderr.write(`${JSON.stringify(result, null, 2)}\n`);
    expect(result).toMatchObject({
      lost: 0,
      doubled: 0,
      unrecordedAttempts: 0,
      unexplainedProbes: 0,
      tokensBeyondBooked: 0,
      tokensLeftReserved: 0,
    });
    expect(result.audits).toBeGreaterThan(0);
  },
  120_000 + rounds * 10_000,
);
