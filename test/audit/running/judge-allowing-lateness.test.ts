import type { Check, Evidence } from '../../../src/audit/check';
import { judgeAllowingLateness } from '../../../src/audit/running/judge-allowing-lateness';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

const startMs = 1_000_000;

/** Fails where an answer took longer than a second; says nothing where none came after 10 ms. */
const slowCheck: Pick<Check, 'judge'> = {
  judge({ exchanges }) {
    const longestMs = Math.max(...exchanges.map(({ sentMs, receivedMs }) => receivedMs - sentMs));
    const verdict = longestMs > 1000 ? 'fail' : 'pass';
    const finding = {
      rule: 'quick',
      verdict,
      expected: '1 s',
      observed: `${longestMs} ms`,
      because: 'it took so long',
    } as const;
    return { findings: longestMs <= 10 ? [] : [finding], estimate: {} };
  },
};

/** Moments in ms from the start: meant, sent, received. */
type Times = readonly [number, number, number];

function evidenceOf(times: readonly Times[]): Evidence {
  return {
    declared: aDeclaration(),
    startedMs: startMs,
    finishedMs: startMs + 60_000,
    exchanges: times.map(([intended, sent, received], index) =>
      anExchange({
        probe: index + 1,
        intendedMs: startMs + intended,
        sentMs: startMs + sent,
        headersMs: startMs + received,
        receivedMs: startMs + received,
      }),
    ),
    priorCharges: [],
    ledgerSinceMs: 0,
    stoppedBecause: 'all was seen',
  };
}

const judged = (...times: readonly Times[]) => {
  const { findings } = judgeAllowingLateness(slowCheck, evidenceOf(times));
  return findings.map(({ verdict, because }) => `${verdict}: ${because}`);
};

test.each<[string, readonly Times[], readonly string[]]>([
  ['probes on time are judged as they are', [[0, 0, 1400]], ['fail: it took so long']],
  [
    'half a second is granted by the rules themselves',
    [
      [0, 0, 1400],
      [1000, 1500, 1600],
    ],
    ['fail: it took so long'],
  ],
  [
    'an answer read at the end of a hold-up may have come at its beginning',
    [
      [0, 0, 1400],
      [500, 1350, 1450],
    ],
    [
      'inconclusive: Our own probes were up to 850 ms late, and if answers came while this process was held up, this would be pass.',
    ],
  ],
  [
    'an answer read long before a hold-up came when it was read',
    [
      [0, 0, 1400],
      [5000, 6000, 6100],
    ],
    ['fail: it took so long'],
  ],
  [
    'an answer read long after a hold-up came when it was read',
    [
      [0, 0, 3400],
      [1000, 2000, 2100],
    ],
    ['fail: it took so long'],
  ],
  [
    'a verdict that stays the same stays',
    [
      [0, 0, 1400],
      [1300, 1900, 1950],
      [0, 0, 5000],
    ],
    ['fail: it took so long'],
  ],
  [
    'a pass that would be no finding at all is no pass',
    [
      [1300, 1950, 1960],
      [1290, 1290, 1990],
    ],
    [
      'inconclusive: Our own probes were up to 650 ms late, and if answers came while this process was held up, there would be nothing to judge.',
    ],
  ],
])('%s', (_name, times, expected) => {
  expect(judged(...times)).toEqual(expected);
});

test('a connection that takes long is no hold-up of ours: a gateway may be far away', () => {
  const evidence = evidenceOf([
    [0, 0, 1400],
    [500, 1350, 1450],
  ]);
  const exchanges = evidence.exchanges.map((exchange) => ({ ...exchange, begunMs: exchange.intendedMs }));
  const { findings } = judgeAllowingLateness(slowCheck, { ...evidence, exchanges });
  expect(findings.map(({ verdict }) => verdict)).toEqual(['fail']);
});
