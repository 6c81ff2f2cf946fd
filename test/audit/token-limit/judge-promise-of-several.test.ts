import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  answered,
  findingOf,
  refusals,
  steps,
  twoBuckets,
  twoBucketsDeclared,
  twoCounters,
  twoWindows,
  waiting,
} from './an-audit';

const rule = 'retry-after-honest';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'two counters admit again once the latest of their promises has passed',
    twoWindows,
    twoCounters,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '41 s promised by probe 22',
      because: 'Nothing was admitted before the promises of all counters, and then it was.',
    },
  ],
  [
    'two windows of the wall clock promise the end of the minute',
    [...steps(21, 1), ...refusals(19, 21, 0.2, 50), ...refusals(18, 31, 1, 50), answered(50.2, 20)],
    { gateway: { counters: 2, limiter: 'unknown' } },
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '29 s promised by probe 22',
      because: 'Nothing was admitted before the promises of all counters, and then it was.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'two buckets promise 30 s too many',
    twoBuckets.map((e) => (e.retryAfterMs === null ? e : waiting(e, 30_000))),
    twoBucketsDeclared,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '42 s promised by probe 29',
      because: 'A probe was admitted clearly before the earliest promise of all counters.',
    },
  ],
  [
    'two buckets refuse after both have promised otherwise',
    [
      ...twoBuckets
        .slice(0, -1)
        .map((e) => (e.retryAfterMs === null ? e : { ...e, retryAfterMs: 2_000, messageWait: null })),
      answered(33, 20),
    ],
    twoBucketsDeclared,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '2 s promised by probe 45',
      because: 'A probe was refused after every counter had promised otherwise.',
    },
  ],
  [
    'two windows promise an end before any charge can have left',
    [
      ...twoWindows
        .slice(0, -1)
        .map((e) => (e.retryAfterMs === null ? e : { ...e, retryAfterMs: 12_000, messageWait: null })),
      answered(61, 20),
    ],
    twoCounters,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '12 s promised by probe 22',
      because: 'It ends before any own charge has left a window.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});
