import type { Words } from '../../../src/audit/token-limit/view';
import type { Exchange } from '../../../src/probe/exchange';
import { type AuditOf, findingOf, refused, slidingAudit, slidingBurst, stoppedBy, withHeaders } from './an-audit';

const rule = 'retry-after-present';

/** What happened, the evidence, the declaration where it matters, and what the finding says. */
type Case = [string, readonly Exchange[], AuditOf, Words];

test.each<Case>([
  [
    'every refusal carries it',
    slidingAudit,
    {},
    {
      expected: 'retry-after on each refusal, as seconds or a date',
      observed: 'readable on 9 refusals',
      because: 'Every refusal says how long to wait.',
    },
  ],
  [
    "only the model's own refusal lacks it",
    [...slidingAudit, refused(61, null, { refusedBy: 'model' })],
    {},
    {
      expected: 'retry-after on each refusal, as seconds or a date',
      observed: 'readable on 9 refusals',
      because: 'Every refusal says how long to wait.',
    },
  ],
])('passes: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'pass', ...words });
});

test.each<Case>([
  [
    'one refusal lacks it',
    [...slidingAudit, refused(61, null)],
    {},
    {
      expected: 'retry-after on each refusal, as seconds or a date',
      observed: 'absent on probe 15',
      because: 'A client that is refused cannot tell from it when to come back.',
    },
  ],
  [
    'one refusal carries what nobody can read',
    [...slidingAudit, refused(61, null, { headers: { 'retry-after': 'soon' } })],
    {},
    {
      expected: 'retry-after on each refusal, as seconds or a date',
      observed: '"soon" on probe 15',
      because: 'A client that is refused cannot tell from it when to come back.',
    },
  ],
  [
    'it has another name, as declared',
    [...slidingAudit, refused(61, null, { headers: { 'x-wait': 'soon' } })],
    withHeaders({ retryAfter: 'X-Wait' }),
    {
      expected: 'X-Wait on each refusal, as seconds or a date',
      observed: '"soon" on probe 15',
      because: 'A client that is refused cannot tell from it when to come back.',
    },
  ],
])('fails: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'fail', ...words });
});

test.each<Case>([
  [
    'nothing was refused',
    slidingBurst,
    stoppedBy('no budget is left today'),
    {
      expected: 'retry-after on each refusal, as seconds or a date',
      observed: 'no refusal',
      because: 'The token limit refused nothing while it was audited: no budget is left today.',
    },
  ],
])('is inconclusive: %s', (_, exchanges, audit, words) => {
  expect(findingOf(rule, exchanges, audit)).toEqual({ rule, verdict: 'inconclusive', ...words });
});

test.each<[string, readonly Exchange[], AuditOf]>([
  ['no such header is declared', slidingAudit, withHeaders({ retryAfter: null })],
])('gives no finding: %s', (_, exchanges, audit) => {
  expect(findingOf(rule, exchanges, audit)).toBeUndefined();
});
