import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import {
  type AuditOf,
  answered,
  cached,
  findingOf,
  slidingAudit,
  slidingBurst,
  slidingRefusals,
  withHeaders,
} from './an-audit';

const rule = 'consumed-header';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'it equals the usage on every answer',
    slidingAudit,
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: 'equal on 5 answers',
      because: 'Header and body agree on every answer.',
    },
  ],
  [
    'a streamed answer differs, whose header leaves before its tokens are known',
    [...slidingBurst, answered(4, 20, { consumedTokens: 0, asked: { ...answered(4, 20).asked, streamed: true } })],
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: 'equal on 4 answers',
      because: 'Header and body agree on every answer.',
    },
  ],
  [
    'an answer without it came from a cache',
    [...slidingBurst, answered(4, 20, cached)],
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: 'equal on 4 answers',
      because: 'Header and body agree on every answer.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'it differs on one',
    [...slidingBurst, answered(4, 20, { consumedTokens: 21 })],
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: '21 in the header, 20 in the body (probe 5)',
      because: 'The header names another number of tokens than the answer itself.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'one answer lacks it',
    [...slidingBurst, answered(4, 20, { consumedTokens: null })],
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: 'header and usage on 4 of 5 answers',
      because: 'Some answers lack the header or the usage, so they cannot be compared.',
    },
  ],
  [
    'one answer lacks its usage',
    [...slidingBurst, answered(4, 20, { usage: null })],
    {},
    {
      expected: 'consumed-tokens = usage.total_tokens',
      observed: 'header and usage on 4 of 5 answers',
      because: 'Some answers lack the header or the usage, so they cannot be compared.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});

test.each<[string, readonly Exchange[], AuditOf]>([
  ['nothing was answered', slidingRefusals, {}],
  ['no such header is declared', slidingAudit, withHeaders({ consumedTokens: null })],
])('gives no finding: %s', (_, exchanges, audit) => {
  expect(findingOf(rule, exchanges, audit)).toBeUndefined();
});
