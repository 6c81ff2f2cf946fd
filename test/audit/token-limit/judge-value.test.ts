import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  aBucket,
  answered,
  asking,
  asLarge,
  bucketAudit,
  findingOf,
  halfRefusals,
  lost,
  notDedicated,
  priorCharge,
  refused,
  refusedUntil,
  silent,
  slidingAudit,
  slidingBurst,
  slidingRefusals,
  startMs,
  stoppedBy,
} from './an-audit';

const rule = 'limit-value';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'a sliding window of the limit sold',
    slidingAudit,
    {},
    {
      expected: '1000 tokens/min, 900 to 1100 allowed',
      observed: 'between 996 and 1034 tokens/min',
      because: 'Both ends of what the limit can be lie within the tolerance.',
    },
  ],
  [
    'a bucket of the limit sold',
    bucketAudit,
    aBucket,
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 993 and 1019 tokens/min',
      because: 'Both ends of what the limit can be lie within the tolerance.',
    },
  ],
  [
    'a bucket of the limit sold, of whatever kind was declared',
    bucketAudit,
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 993 and 1019 tokens/min',
      because: 'Both ends of what the limit can be lie within the tolerance.',
    },
  ],
  [
    'the limit sold, and what is left falls by our own charges only',
    slidingAudit,
    notDedicated,
    {
      expected: '1000 tokens/min, 900 to 1100 allowed',
      observed: 'between 996 and 1034 tokens/min',
      because: 'Both ends of what the limit can be lie within the tolerance.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'twice the limit sold',
    [...slidingBurst, answered(4, 500), answered(5, 480), ...refusedUntil(60.2, 6, 6.2, 6.4, 6.6, 6.8, 7)],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 1398 and 2014 tokens/min',
      because:
        '1397 tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.',
    },
  ],
  [
    'twice the limit sold, whoever else uses the key',
    [...slidingBurst, answered(4, 500), answered(5, 480), ...refusedUntil(60.2, 6, 6.2, 6.4, 6.6, 6.8, 7)],
    notDedicated,
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 1398 and 2014 tokens/min',
      because:
        '1397 tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.',
    },
  ],
  [
    'twice the limit sold in a bucket, whose remaining header grows by twice the refill',
    [
      answered(0, 20, { remainingTokens: 1_980 }),
      answered(1, 880, { remainingTokens: 1_120 }),
      answered(5, 20, { remainingTokens: 1_233 }),
      answered(6, 600, { remainingTokens: 666 }),
      answered(7, 20, { remainingTokens: 679 }),
    ],
    aBucket,
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'above 1359 tokens/min, no refusal seen',
      because:
        '1359 tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.',
    },
  ],
  [
    'no limit at all',
    [...slidingBurst, answered(4, 500), answered(5, 480), answered(6, 20)],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'above 1817 tokens/min, no refusal seen',
      because:
        '1817 tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.',
    },
  ],
  [
    'half the limit sold',
    [answered(0, 20), answered(1, 480), ...halfRefusals],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 519 tokens/min',
      because: 'The gateway refused when at most 519 tokens can have been charged within the minute.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'half the limit sold, but others may be using the key',
    [answered(0, 20), answered(1, 480), ...halfRefusals],
    notDedicated,
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 519 tokens/min',
      because:
        'The gateway refused when at most 519 tokens can have been charged within the minute. Others may be using this key, which looks the same.',
    },
  ],
  [
    'half the limit sold, but charges of ours from before the ledger may have been in the window',
    [answered(0, 20), answered(1, 480), ...halfRefusals],
    { evidence: { ledgerSinceMs: startMs - 59_000 } },
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 519 tokens/min',
      because:
        'The gateway refused when at most 519 tokens can have been charged within the minute. Others may be using this key, which looks the same.',
    },
  ],
  [
    'half the limit sold, had a charge of ours from before not taken the other half',
    [answered(0, 20), answered(1, 480), ...halfRefusals],
    priorCharge(480),
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 21 and 999 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'half the limit sold, had an answer that never came not been charged',
    [answered(0, 20), lost(0.5, 500), answered(1, 480), ...halfRefusals],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 1019 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'half the limit sold, had an answer without usage not cost what it may',
    [answered(0, 20), answered(0.5, 500, { usage: null, boundTokens: 500 }), answered(1, 480), ...halfRefusals],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 1019 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'a refused prompt that would not have fitted, where prompts may be estimated',
    [
      answered(0, 20),
      answered(1, 760),
      refused(2, 30, asking(300)),
      refused(2.2, 30, asking(300)),
      ...refusedUntil(60.2, 2.4, 2.6, 2.8, 3).map(asLarge),
    ],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 1080 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'the limit sold, but others may be using the key and what they used would hide a higher one',
    slidingAudit.map(silent),
    notDedicated,
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 874 and 1034 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'the interval reaches beyond the tolerance',
    [answered(0, 20), answered(1, 800), answered(2, 400), ...slidingRefusals],
    {},
    {
      expected: '1000 tokens/min, 900 to 1100 allowed',
      observed: 'between 821 and 1239 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'a charge that lands after the next probe was decided is not surely in the window',
    [answered(0, 20), answered(1, 980), answered(1.1, 20), ...slidingRefusals],
    {},
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 20 and 1039 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'the refusals were too few to believe',
    [...slidingBurst, ...refusedUntil(60.2, 4, 4.2, 4.4, 4.6, 4.8)],
    stoppedBy('no budget is left today'),
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'between 874 and 1034 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
  [
    'the limit was not reached',
    slidingBurst,
    stoppedBy('no budget is left today'),
    {
      expected: '1000 tokens/min, 897 to 1103 allowed',
      observed: 'above 873 tokens/min, no refusal seen',
      because: 'The limit was not reached: no budget is left today.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});
