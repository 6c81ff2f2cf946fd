import type { Evidence } from '../../../src/audit/check';
import { isolation } from '../../../src/audit/checks/isolation';
import type { NeighbourDeclaration } from '../../../src/audit/declaration';
import type { Exchange } from '../../../src/probe/exchange';
import { anExchange } from '../../probe/an-exchange';
import { aDeclaration } from '../a-declaration';

const startMs = 1_000_000;
/** Letters a second: `.` answered, `x` refused by the token limit, `m` by the model, `e` no answer; a space: not asked. */
const own = '....xxxxxxxx....';

function exchangesOf(letters: string, customerId: string | undefined, endsMs: (atMs: number) => number): Exchange[] {
  return [...letters].flatMap((letter, second) => {
    if (letter === ' ') return [];
    const sentMs = startMs + second * 1_000;
    const plain = anExchange();
    const asked = { ...plain.asked, step: 'hold', ...(customerId !== undefined && { customerId }) };
    const times = { asked, intendedMs: sentMs, sentMs, headersMs: sentMs + 100, receivedMs: sentMs + 100 };
    const refused = { ...times, status: 429, usage: null, backend: null };
    if (letter === '.') return [anExchange(times)];
    if (letter === 'm') return [anExchange({ ...refused, refusedBy: 'model' })];
    if (letter === 'e') return [anExchange({ ...refused, status: null })];
    return [anExchange({ ...refused, refusedBy: 'gateway-token-limit', retryAfterMs: endsMs(sentMs) - sentMs })];
  });
}

const sharedEnd = () => startMs + 60_000;

function judged(
  letters: string,
  neighbour: Partial<NeighbourDeclaration> = {},
  more: { readonly own?: string; readonly endsMs?: (atMs: number) => number; readonly prior?: number } = {},
) {
  const id = neighbour.id ?? 'fabrikam';
  const declared = {
    ...aDeclaration({ tokensPerMinute: 1_000 }),
    neighbours: [{ id, gateway: 'main', counter: 'fabrikam', tokensPerMinute: 1_000, dedicated: true, ...neighbour }],
  };
  const prior = [
    { sentMs: startMs - 1_000, receivedMs: startMs - 1_000, tokens: more.prior ?? 0, counter: 'fabrikam' },
  ];
  const evidence: Evidence = {
    declared,
    startedMs: startMs,
    finishedMs: startMs + 60_000,
    exchanges: [
      ...exchangesOf(more.own ?? own, undefined, sharedEnd),
      ...exchangesOf(letters, id, more.endsMs ?? sharedEnd),
    ],
    priorCharges: more.prior === undefined ? [] : prior,
    ledgerSinceMs: 0,
    stoppedBecause: 'it has seen enough',
  };
  return isolation.judge(evidence);
}

const verdictOf = (...given: Parameters<typeof judged>) => judged(...given).findings[0]?.verdict;

test.each<[string, Parameters<typeof judged>, string | undefined]>([
  ['admitted throughout', ['.... .. ....    '], 'pass'],
  ['refused whenever the other is, and at no other time', ['....xxxxxxxx....'], 'fail'],
  ['the same, others on its key, promises that end together', ['....xxxxxxxx....', { dedicated: false }], 'fail'],
  [
    'the same, others on its key, promises that end apart',
    ['....xxxxxxxx....', { dedicated: false }, { endsMs: () => startMs + 40_000 }],
    'inconclusive',
  ],
  [
    'the same, others on its key, promises that never count down',
    ['....xxxxxxxx....', { dedicated: false }, { endsMs: (atMs) => atMs + 5_000 }],
    'inconclusive',
  ],
  ['refused once', ['.... x ......   '], 'inconclusive'],
  ['refused and admitted while the other is refused', ['....xx..xx......'], 'inconclusive'],
  ['refused before as well', ['..x.xxxxxxxx....'], 'inconclusive'],
  ['never admitted before', ['xxxxxxxxxxxx....'], 'inconclusive'],
  ['never admitted after', ['....xxxxxxxx    '], 'inconclusive'],
  ['refused by the model', ['.... .mm...     '], 'inconclusive'],
  ['without an answer', ['.... eeeee      '], 'inconclusive'],
  ['refused after what we had used ourselves', ['....xxxxxxxx....', {}, { prior: 900 }], 'inconclusive'],
  [
    'admitted while the other was hardly refused',
    ['.... .. ....    ', {}, { own: '....xxx.........' }],
    'inconclusive',
  ],
  ['on the same counter by declaration', ['....xxxxxxxx....', { counter: 'contoso' }], undefined],
])('a neighbour that is %s', (_, given, verdict) => {
  expect(verdictOf(...given)).toBe(verdict);
});

test('tells each refusal apart, and the latency beside the load', () => {
  const { estimate, findings } = judged('.... .xm...     ');
  expect(findings[0]?.observed).toBe(
    'fabrikam admitted 3 of 3 before, 4 of 6 during, 0 of 0 after (during: 1 refused by the token limit, 1 by the model)',
  );
  expect(estimate.neighbours?.fabrikam?.refusals).toEqual({ tokenLimit: 1, ownUse: 0, model: 1, other: 0 });
  expect(estimate.neighbours?.fabrikam?.latencyMs.before).toEqual({ p50: 100, p99: 100, answers: 8 });
});
