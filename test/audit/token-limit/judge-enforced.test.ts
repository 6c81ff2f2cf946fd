import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  answered,
  cached,
  findingOf,
  refused,
  slidingAudit,
  slidingBurst,
  stoppedBy,
  twoCounters,
} from './an-audit';

const rule = 'limit-enforced';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'the gateway refused with its own token limit',
    slidingAudit,
    {},
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: "9 probes refused by the gateway's token limit",
      because: 'The gateway refused with its own token limit.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'more was admitted than any allowance explains, and nothing was refused',
    [...slidingBurst, answered(4, 200), answered(5, 200), answered(6, 20)],
    {},
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 1283 tokens surely used in a minute over 7 admitted probes',
      because: 'More was admitted than any allowance explains, and nothing was refused.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'what was admitted without a refusal stays within the tolerance',
    [...slidingBurst, answered(4, 20)],
    stoppedBy('no budget is left today'),
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 948 tokens surely used in a minute over 5 admitted probes',
      because: 'Probing ended before the limit was passed: no budget is left today.',
    },
  ],
  [
    'a bucket would have refilled what was admitted too much, and the kind is not known',
    [...slidingBurst.slice(0, 3), answered(25, 200), answered(26, 20)],
    stoppedBy('no refusal within 30 s: too slow for this limit'),
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 868 tokens surely used in a minute over 5 admitted probes',
      because: 'Probing ended before the limit was passed: no refusal within 30 s: too slow for this limit.',
    },
  ],
  [
    'what was admitted too much may have come from a cache',
    [...slidingBurst, answered(4, 200, cached), answered(5, 200, cached), answered(6, 20, cached)],
    {},
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 873 tokens surely used in a minute over 4 admitted probes',
      because: 'Probing ended before the limit was passed: the limit and its recovery were seen.',
    },
  ],
  [
    'how much was admitted is not known, for usage was not reported',
    [...slidingBurst, answered(4, 200, { usage: null }), answered(5, 200, { usage: null }), answered(6, 20)],
    {},
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 948 tokens surely used in a minute over 7 admitted probes',
      because: 'Probing ended before the limit was passed: the limit and its recovery were seen.',
    },
  ],
  [
    'a second counter is declared, and its share explains what was admitted',
    [...slidingBurst, answered(4, 200), answered(5, 200), answered(6, 20)],
    twoCounters,
    {
      expected: 'a refusal once 1000 tokens a minute on each of 2 counters are used up',
      observed: 'no refusal; 403 tokens surely used in a minute over 7 admitted probes',
      because: 'Probing ended before the limit was passed: the limit and its recovery were seen.',
    },
  ],
  [
    'only the model refused, which says nothing of the gateway',
    [...slidingBurst, refused(4, 30, { refusedBy: 'model' })],
    stoppedBy('the model refused before the gateway did'),
    {
      expected: 'a refusal once 1000 tokens a minute are used up',
      observed: 'no refusal; 873 tokens surely used in a minute over 4 admitted probes',
      because: 'Probing ended before the limit was passed: the model refused before the gateway did.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});
