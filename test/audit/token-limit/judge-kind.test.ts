import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  aBucket,
  bucketAudit,
  findingOf,
  notDedicated,
  refusedUntil,
  secondCounter,
  silent,
  slidingAudit,
  slidingBurst,
  stoppedBy,
  twoBuckets,
  twoCounters,
  twoWindows,
} from './an-audit';

const rule = 'limiter-kind';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'a sliding window as declared',
    slidingAudit,
    {},
    {
      expected: 'sliding-window',
      observed: 'sliding-window',
      because: 'Only this kind explains when probes were refused and admitted again.',
    },
  ],
  [
    'a bucket as declared',
    bucketAudit,
    aBucket,
    {
      expected: 'token-bucket',
      observed: 'token-bucket',
      because: 'Only this kind explains when probes were refused and admitted again.',
    },
  ],
  [
    'a sliding window, refused in a fresh minute of the wall clock',
    slidingAudit,
    {},
    {
      expected: 'sliding-window',
      observed: 'sliding-window',
      because: 'Only this kind explains when probes were refused and admitted again.',
    },
  ],
  [
    'two sliding windows, used up until the first charge aged out',
    twoWindows,
    twoCounters,
    {
      expected: 'sliding-window',
      observed: 'sliding-window',
      because: 'Only this kind explains when probes were refused and admitted again.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'a bucket where a sliding window was declared',
    bucketAudit,
    {},
    {
      expected: 'sliding-window',
      observed: 'token-bucket',
      because: 'When probes were refused and admitted again cannot be explained by a sliding-window of any size.',
    },
  ],
  [
    'a sliding window where a bucket was declared',
    slidingAudit,
    aBucket,
    {
      expected: 'token-bucket',
      observed: 'sliding-window',
      because: 'When probes were refused and admitted again cannot be explained by a token-bucket of any size.',
    },
  ],
  [
    'a sliding window where a window of the wall clock was declared',
    slidingAudit,
    { gateway: { limiter: 'fixed-window' } },
    {
      expected: 'fixed-window',
      observed: 'sliding-window',
      because: 'When probes were refused and admitted again cannot be explained by a fixed-window of any size.',
    },
  ],
  [
    'two buckets where sliding windows were declared',
    twoBuckets,
    twoCounters,
    {
      expected: 'sliding-window',
      observed: 'token-bucket',
      because: 'When probes were refused and admitted again cannot be explained by a sliding-window of any size.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'another kind than declared, but others may be using the key',
    bucketAudit,
    notDedicated,
    {
      expected: 'sliding-window',
      observed: 'sliding-window or token-bucket or fixed-window',
      because: 'When probes were admitted again fits more than one kind.',
    },
  ],
  [
    'the kind declared, but others may be using the key',
    slidingAudit.map(silent),
    notDedicated,
    {
      expected: 'sliding-window',
      observed: 'sliding-window or token-bucket or fixed-window',
      because: 'When probes were admitted again fits more than one kind.',
    },
  ],
  [
    'refusals that end before a bucket must have refilled',
    [...slidingBurst, ...refusedUntil(60.2, 4, 4.2, 4.4, 4.6, 4.8, 5)],
    {},
    {
      expected: 'sliding-window',
      observed: 'sliding-window or token-bucket or fixed-window',
      because: 'When probes were admitted again fits more than one kind.',
    },
  ],
  [
    'too few refusals',
    [...slidingBurst, ...refusedUntil(60.2, 4, 4.2)],
    stoppedBy('no budget is left today'),
    {
      expected: 'sliding-window',
      observed: 'sliding-window or token-bucket or fixed-window',
      because: 'The limit was not used up long enough to see when it lets in again: no budget is left today.',
    },
  ],
  [
    'an undeclared second counter answers in between',
    secondCounter,
    {},
    {
      expected: 'sliding-window',
      observed: 'no single counter of any kind',
      because: 'Refusals and admissions contradict any single counter: there are several, or somebody else is on it.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});

test.each<[string, readonly Exchange[], AuditOf]>([
  ['nothing is declared', slidingAudit, { gateway: { limiter: 'unknown' } }],
])('gives no finding: %s', (_, exchanges, audit) => {
  expect(findingOf(rule, exchanges, audit)).toBeUndefined();
});
