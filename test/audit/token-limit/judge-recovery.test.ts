import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  aBucket,
  answered,
  bucketAudit,
  findingOf,
  lost,
  notDedicated,
  refused,
  silent,
  slidingAudit,
  slidingBurst,
  slidingRefusals,
  stoppedBy,
  waiting,
} from './an-audit';

const rule = 'recovery';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'a window admits again when its oldest charge leaves',
    slidingAudit,
    {},
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'admitted again 57 s after the last charge',
      because: 'It was admitted again no later than it must be.',
    },
  ],
  [
    'a bucket admits again when its debt is paid',
    bucketAudit,
    aBucket,
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'admitted again 12 s after the last charge',
      because: 'It was admitted again no later than it must be.',
    },
  ],
  [
    'what was promised is a day, and the debt is paid',
    [...slidingBurst, ...slidingRefusals.map((e) => waiting(e, 86_400_000)), answered(60.3, 20)],
    {},
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'admitted again 57 s after the last charge',
      because: 'It was admitted again no later than it must be.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'a window still refuses 2 s after the last charge must have left',
    [...slidingBurst, ...slidingRefusals, refused(65.3, 30)],
    {},
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'still refused 62 s after the last charge',
      because: 'A probe was refused after everything of ours must have aged out or refilled.',
    },
  ],
  [
    'a bucket still refuses when its debt must be paid',
    [...bucketAudit.slice(0, -1), refused(72, 10)],
    aBucket,
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'still refused 63 s after the last charge',
      because: 'A probe was refused after everything of ours must have aged out or refilled.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'a window refuses up to 2 s after the last charge must have left',
    [...slidingBurst, ...slidingRefusals, refused(65.1, 30)],
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'not admitted again while it was watched',
      because: 'Watching ended before it had to be: no budget is left today.',
    },
  ],
  [
    'a window still refuses when nothing of ours is in it, but others may be using the key',
    [...slidingBurst, ...slidingRefusals, refused(65.3, 30)].map(silent),
    notDedicated,
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'still refused 62 s after the last charge',
      because:
        'A probe was refused after everything of ours must have aged out or refilled. Others may be using this key, which looks the same.',
    },
  ],
  [
    'a window still refuses, had an answer that never came not been charged later',
    [...slidingBurst, lost(4, 40), ...slidingRefusals, refused(65.3, 30)],
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'not admitted again while it was watched',
      because: 'Watching ended before it had to be: no budget is left today.',
    },
  ],
  [
    'a bucket refuses for as long as the least limit allowed takes to pay the debt',
    [...bucketAudit.slice(0, -1), refused(33, 10)],
    { ...aBucket, ...stoppedBy('no budget is left today') },
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'not admitted again while it was watched',
      because: 'Watching ended before it had to be: no budget is left today.',
    },
  ],
  [
    'it was not watched until it had to admit again',
    [...slidingBurst, ...slidingRefusals],
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'not admitted again while it was watched',
      because: 'Watching ended before it had to be: no budget is left today.',
    },
  ],
  [
    'nothing was used up',
    slidingBurst,
    stoppedBy('no budget is left today'),
    {
      expected: 'admitted again once what was used has aged out or refilled',
      observed: 'the limit was not used up',
      because: 'There was nothing to recover from: no budget is left today.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});
