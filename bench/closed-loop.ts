import { type Bench, raced, rounds } from './bench';
import { startRace } from './race/start-race';

const order = { concurrency: 50, seconds: 2 };

interface Round {
  readonly engine: number;
  readonly undici: number;
  readonly openai: number;
  readonly autocannon: number;
  readonly wrk: number | null;
  readonly cpu: { readonly own: number; readonly peer: number };
}

/**
 * How many requests a second one process can make, each exchange recorded in full, against bare undici and the SDK that
 * customers use. All in turn, round by round, against one server that costs nearly nothing. autocannon and wrk only show
 * where the end is: both send bytes made beforehand and look for little more than the next answer's beginning.
 */
export const closedLoop: Bench = {
  about: `requests/s of ${order.concurrency} callers, every exchange recorded in full, against bare undici and the openai SDK`,
  async run(tell) {
    const race = await startRace({ everyMs: 5000, heldMs: 0 });
    const results: Round[] = [];
    try {
      for (let round = 1; round <= rounds; round += 1) {
        const undici = await race.run('undici', order);
        const engine = await race.runEngine(order);
        results.push({
          engine: perSecond(engine),
          undici: perSecond(undici),
          openai: perSecond(await race.run('openai', order)),
          autocannon: perSecond(await race.run('autocannon', order)),
          wrk: await race.runWrk(order),
          cpu: { own: engine.cpuMsPerRequest, peer: undici.cpuMsPerRequest },
        });
        tell(`round ${round}: ${JSON.stringify(results.at(-1))}`);
      }
    } finally {
      await race.close();
    }
    const against = (peer: 'undici' | 'openai' | 'autocannon' | 'wrk') =>
      results.flatMap((round) => {
        const other = round[peer];
        return other === null ? [] : [{ own: round.engine, peer: other }];
      });
    const wrk = against('wrk');
    return [
      raced('requests', '/s', { peer: 'bare undici', pairs: against('undici'), goal: { atLeast: 0.7 } }),
      raced('requests', '/s', { peer: 'openai SDK', pairs: against('openai'), goal: { atLeast: 5 } }),
      raced('requests', '/s', { peer: 'autocannon', pairs: against('autocannon') }),
      ...(wrk.length > 0 ? [raced('requests', '/s', { peer: 'wrk', pairs: wrk })] : []),
      raced('CPU a request', 'ms', { peer: 'bare undici', pairs: results.map(({ cpu }) => cpu) }),
    ];
  },
};

function perSecond({ answered, seconds }: { readonly answered: number; readonly seconds: number }): number {
  return Math.round(answered / seconds);
}
