import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  aBucket,
  answered,
  bucketAudit,
  findingOf,
  notDedicated,
  priorCharge,
  slidingAudit,
  slidingBurst,
  slidingRefusals,
  twoCounters,
  withHeaders,
} from './an-audit';

const rule = 'remaining-header';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'it falls by what was charged',
    slidingAudit,
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '5 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
  [
    'it falls by what was charged and grows by what a bucket refills',
    bucketAudit,
    aBucket,
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '7 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
  [
    'it says less than is left, had a charge of ours from before not been there',
    slidingAudit.map((e) =>
      e.remainingTokens === null ? e : { ...e, remainingTokens: Math.max(0, e.remainingTokens - 400) },
    ),
    priorCharge(400),
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '5 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
  [
    'it stays at 0 in debt',
    [...slidingBurst, ...slidingRefusals],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '4 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
  [
    'a streamed answer shows the state before its charge',
    [
      ...slidingBurst.slice(0, 3),
      answered(3, 95, { remainingTokens: 80, asked: { ...answered(3, 95).asked, streamed: true } }),
      ...slidingRefusals,
    ],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '3 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
  [
    "answers that were in flight together show each other's charges or not",
    [
      answered(0, 20, { remainingTokens: 980 }),
      answered(1, 440, { remainingTokens: 100 }),
      answered(1.05, 440, { remainingTokens: 100 }),
      answered(2, 20, { remainingTokens: 80 }),
      ...slidingRefusals,
    ],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '2 values, all explained',
      because: 'Every value follows from what was charged.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'it says more than the limit',
    [answered(0, 20, { remainingTokens: 1_980 }), ...slidingAudit.slice(1)],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '1980 left said probe 1; 880 to 1100 explained',
      because: 'It says more is left than the limit itself.',
    },
  ],
  [
    'it says more than the limit, whoever else uses the key',
    [answered(0, 20, { remainingTokens: 1_980 }), ...slidingAudit.slice(1)],
    notDedicated,
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '1980 left said probe 1; 876 to 1104 explained',
      because: 'It says more is left than the limit itself.',
    },
  ],
  [
    'it never falls',
    slidingAudit.map((e) => (e.remainingTokens === null ? e : { ...e, remainingTokens: 1_000 })),
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '1000 left said probe 3; 0 to 200 explained',
      because: 'It says more is left than the limit less what was surely charged.',
    },
  ],
  [
    'it says less than is left',
    [answered(0, 20, { remainingTokens: 500 }), ...slidingAudit.slice(1)],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '500 left said probe 1; 880 to 1100 explained',
      because: 'It says less is left than the limit less all that can have been charged.',
    },
  ],
  [
    'two counters are declared, and it says more than the limit of one',
    [answered(0, 20, { remainingTokens: 1_980 })],
    twoCounters,
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '1980 left said probe 1; 876 to 1104 explained',
      because: 'It says more is left than the limit itself.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    "it says more than the limit, and has the name of the model's own",
    [answered(0, 20, { remainingTokens: 1_980 }), ...slidingAudit.slice(1)],
    withHeaders({ remainingTokens: 'X-RateLimit-Remaining-Tokens' }),
    {
      expected: 'X-RateLimit-Remaining-Tokens falls by what was charged, never above 1000',
      observed: '1980 left said probe 1; 880 to 1100 explained',
      because: "The header has the model's own name, and may be the model's own.",
    },
  ],
  [
    'it says less than is left, but others may be using the key',
    [answered(0, 20, { remainingTokens: 500 }), ...slidingAudit.slice(1)],
    notDedicated,
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '500 left said probe 1; 876 to 1104 explained',
      because:
        'It says less is left than the limit less all that can have been charged. Others may be using this key, which looks the same.',
    },
  ],
  [
    'too little was spent for it to show',
    [answered(0, 20, { remainingTokens: null })],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '0 values, none after enough was spent',
      because: 'Too little was spent, or too few answers carry the header, for it to show.',
    },
  ],
  [
    'an undeclared second counter says more than the first has left',
    [...slidingBurst.slice(0, 3), answered(3, 95, { remainingTokens: 900 }), ...slidingRefusals],
    {},
    {
      expected: 'remaining-tokens falls by what was charged, never above 1000',
      observed: '900 left said probe 4; 0 to 239 explained',
      because: 'More than one counter seems to answer; what each has left cannot be told.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});

test.each<[string, readonly Exchange[], AuditOf]>([
  [
    'two counters are declared, and which one says it cannot be told',
    [
      answered(0, 20, { remainingTokens: 980 }),
      answered(1, 880, { remainingTokens: 120 }),
      answered(2, 20, { remainingTokens: 960 }),
    ],
    twoCounters,
  ],
  ['no such header is declared', slidingAudit, withHeaders({ remainingTokens: null })],
])('gives no finding: %s', (_, exchanges, audit) => {
  expect(findingOf(rule, exchanges, audit)).toBeUndefined();
});
