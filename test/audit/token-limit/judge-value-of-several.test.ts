import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import { type AuditOf, answered, findingOf, refusals, secondCounter, steps, twoCounters, twoWindows } from './an-audit';

const rule = 'limit-value';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'two counters, used up together at twice the limit',
    twoWindows,
    twoCounters,
    {
      expected: '1000 tokens/min, 900 to 2200 allowed (2 counters)',
      observed: 'between 1821 and 2039 tokens/min',
      because: 'Both ends of what the limit can be lie within the tolerance.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'two counters that together let through three times the limit',
    steps(30, 0.3),
    twoCounters,
    {
      expected: '1000 tokens/min, 897 to 2206 allowed (2 counters)',
      observed: 'above 2425 tokens/min, no refusal seen',
      because:
        '2425 tokens had surely been charged within the minute when another probe was admitted: the limit in force is higher than sold, or more counters enforce it than declared.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'an undeclared second counter answers in between',
    secondCounter,
    {},
    {
      expected: '1000 tokens/min, 900 to 1100 allowed',
      observed: 'between 940 and 1034 tokens/min',
      because:
        'Refusals and admissions contradict any single counter: there are several, or somebody else is on it, so the limit of one cannot be told.',
    },
  ],
  [
    'two counters of which one was not asked again after its charges had aged out',
    [
      answered(0, 1150),
      answered(8, 600),
      answered(9, 550),
      answered(10, 20),
      ...refusals(10, 20, 0.3),
      ...refusals(10, 60.5, 0.3),
    ],
    twoCounters,
    {
      expected: '1000 tokens/min, 897 to 2206 allowed (2 counters)',
      observed: 'between 816 and 1189 tokens/min',
      because: 'What the limit can be lies only partly within the tolerance.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});
