import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  aBucket,
  answered,
  bucketAudit,
  bucketBurst,
  bucketRefusals,
  findingOf,
  halved,
  notDedicated,
  refused,
  refusedUntil,
  secondCounter,
  silent,
  slidingAudit,
  slidingBurst,
  slidingRefusals,
  stoppedBy,
  waiting,
  withHeaders,
} from './an-audit';

const rule = 'retry-after-honest';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    "a window's promises end when its oldest charge leaves",
    slidingAudit,
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '4 s promised by probe 13',
      because: 'Each ends when the oldest charge leaves the window, and the last was kept.',
    },
  ],
  [
    "a window's promises end half a second early, for they are rounded",
    [...slidingBurst, ...slidingRefusals.map((e) => waiting(e, -500)), answered(60.3, 20)],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '3.5 s promised by probe 13',
      because: 'Each ends when the oldest charge leaves the window, and the last was kept.',
    },
  ],
  [
    "a bucket's promise ends when its debt is paid",
    bucketAudit,
    aBucket,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '11 s promised by probe 14',
      because: 'It was refused up to the promised time and admitted right after.',
    },
  ],
  [
    'header and message differ by the smallest unit of the message',
    [
      ...slidingBurst,
      ...slidingRefusals.map((e) => ({
        ...e,
        messageWait: { waitMs: (e.retryAfterMs ?? 0) + 60_000, unitMs: 60_000 },
      })),
      answered(60.3, 20),
    ],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '4 s promised by probe 13',
      because: 'Each ends when the oldest charge leaves the window, and the last was kept.',
    },
  ],
  [
    'the header is not declared and the message keeps its word',
    slidingAudit.map((e) => ({ ...e, retryAfterMs: null })),
    withHeaders({ retryAfter: null }),
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '4 s promised by probe 13',
      because: 'Each ends when the oldest charge leaves the window, and the last was kept.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'a window promises 5 s whatever is in it',
    [
      ...slidingBurst,
      ...slidingRefusals.map((e) => ({ ...e, retryAfterMs: 5_000, messageWait: null })),
      answered(60.3, 20),
    ],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '5 s promised by probe 5',
      because: 'It ends before even the oldest charge has left the window, so a client that obeys is refused again.',
    },
  ],
  [
    'a window promises half the time',
    [...slidingBurst, ...slidingRefusals.map(halved), answered(60.3, 20)],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '28 s promised by probe 5',
      because: 'It ends before even the oldest charge has left the window, so a client that obeys is refused again.',
    },
  ],
  [
    'a window promises 30 s too many',
    [...slidingBurst, ...slidingRefusals.map((e) => waiting(e, 30_000)), answered(60.3, 20)],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '87 s promised by probe 5',
      because: 'It ends after even the last charge has left the window.',
    },
  ],
  [
    'a bucket promises 5 s whatever its debt',
    bucketAudit.map((e) => (e.retryAfterMs === null ? e : { ...e, retryAfterMs: 5_000, messageWait: null })),
    aBucket,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '5 s promised by probe 14',
      because: 'A probe was refused after the promised time although nothing was charged in between.',
    },
  ],
  [
    'a bucket promises half the time',
    bucketAudit.map(halved),
    aBucket,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '5 s promised by probe 14',
      because: 'A probe was refused after the promised time although nothing was charged in between.',
    },
  ],
  [
    'a bucket promises 30 s too many',
    [
      ...bucketBurst,
      ...bucketRefusals.map((e) => waiting(e, 30_000)),
      answered(7.5, 20),
      answered(9, 20),
      answered(11, 20),
      answered(13, 20),
    ],
    aBucket,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '34 s promised by probe 5',
      because: 'Probes of the same size were admitted clearly before the promised time, and stayed so.',
    },
  ],
  [
    'header and message differ',
    [
      ...slidingBurst,
      ...slidingRefusals.map((e) => ({ ...e, messageWait: { waitMs: 90_000, unitMs: 1_000 } })),
      answered(60.3, 20),
    ],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '57 s in the header, 90 s in the message (probe 5)',
      because: 'Header and message of one refusal promise different waits.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'a window promises half the time, but others may be using the key',
    [...slidingBurst, ...slidingRefusals.map(halved), answered(60.3, 20)].map(silent),
    notDedicated,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '9 promises',
      because: 'What kind of limiter promised cannot be told, so neither can whether the promise is right.',
    },
  ],
  [
    "a bucket's promises are too short to be told from a lie",
    [...bucketBurst, ...bucketRefusals, answered(7.5, 20), answered(9, 20), answered(11, 20)],
    aBucket,
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '4 s promised by probe 5',
      because: 'No promise of 9 s or more was seen kept, and shorter ones cannot be told from a lie.',
    },
  ],
  [
    'one refusal promises nothing',
    [...slidingAudit, refused(61, null)],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '9 of 10 refusals carry a readable wait',
      because: 'A refusal without a promise can be neither honest nor a lie.',
    },
  ],
  [
    'nothing was refused',
    slidingBurst,
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: 'no refusal',
      because: 'The token limit refused nothing while it was audited: no budget is left today.',
    },
  ],
  [
    'nothing was admitted again',
    [...slidingBurst, ...slidingRefusals],
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '9 promises, none seen kept',
      because: 'Nothing was admitted again while it was watched: no budget is left today.',
    },
  ],
  [
    'twice the limit is admitted, and a second counter may have answered before the promised time',
    [
      ...slidingBurst,
      answered(4, 500),
      answered(5, 480),
      ...refusedUntil(60.2, 6),
      answered(7, 20),
      answered(8, 20),
      answered(9, 20),
    ],
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '55 s promised by probe 7',
      because: 'Probes were admitted clearly before the promised time, but another counter may have answered them.',
    },
  ],
  [
    'an undeclared second counter answers in between',
    secondCounter,
    {},
    {
      expected: 'admitted again when promised, not before and not after, and the message says the same',
      observed: '9 promises by more than one counter',
      because: 'Which counter promised and which one answered cannot be told.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});

test.each<[string, readonly Exchange[], AuditOf]>([
  [
    'the header is not declared and nothing is promised',
    slidingAudit.map((e) => ({ ...e, retryAfterMs: null, messageWait: null })),
    withHeaders({ retryAfter: null }),
  ],
])('gives no finding: %s', (_, exchanges, audit) => {
  expect(findingOf(rule, exchanges, audit)).toBeUndefined();
});
