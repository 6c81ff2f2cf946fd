import type { EarlierAudit } from '../../../src/audit/running/earlier-audits';
import { aPolicy, aRetry, aTokenLimit } from '../../adapters/apim/a-healthy-apim';
import { audit, goldPolicy, lastDrift, lastTokenLimit, type Planted } from './a-planted-service';

/** What the rule says, where the policies were the same when the limit was measured as they are now, or as told. */
async function enforcedAsConfigured(planted: Planted, measured: EarlierAudit, before?: EarlierAudit) {
  const drift = before ?? (await lastDrift(planted));
  const { findings } = await audit({
    ...planted,
    customer: { dedicated: true, ...planted.customer },
    earlierAudits: [drift, measured],
  });
  return findings.find(({ rule }) => rule === 'enforced-as-configured')?.verdict;
}

const failed = { 'limit-value': 'fail' } as const;
const undecided = { 'limit-value': 'inconclusive' } as const;

describe('where the same number was sold and configured, what token-limit decided is the answer', () => {
  test.each<[string, EarlierAudit, string | undefined]>([
    ['inside', lastTokenLimit(960, 1000), 'pass'],
    ['inside what a small limit is granted', lastTokenLimit(880, 1120), 'pass'],
    ['above', lastTokenLimit(1900, 2000, { verdicts: failed }), 'fail'],
    ['below', lastTokenLimit(480, 500, { verdicts: failed }), 'fail'],
    ['below, where others may have been there', lastTokenLimit(480, 500, { verdicts: undecided }), 'inconclusive'],
    [
      'never refused, and more let through than allowed',
      lastTokenLimit(2000, null, { verdicts: { 'limit-value': 'inconclusive', 'limit-enforced': 'fail' } }),
      'fail',
    ],
    ['never refused, and not enough asked', lastTokenLimit(950, null, { verdicts: undecided }), 'inconclusive'],
    ['measured at another gateway', lastTokenLimit(480, 500, { verdicts: failed, gatewayId: 'old' }), undefined],
    ['nothing was said of it', lastTokenLimit(1, null, { verdicts: {} }), undefined],
  ])('%s', async (_, measured, expected) => {
    expect(await enforcedAsConfigured({}, measured)).toBe(expected);
  });
});

describe('where another number is configured than was sold, the measured interval is compared with it', () => {
  const arm = goldPolicy(`<base />${aTokenLimit(2000)}`);
  test.each<[string, EarlierAudit, Planted, string]>([
    ['what is configured is enforced', lastTokenLimit(1900, 2010, { verdicts: failed }), { arm }, 'pass'],
    ['what was sold is enforced', lastTokenLimit(960, 1000), { arm }, 'fail'],
    [
      'less than configured, where others may have been there',
      lastTokenLimit(960, 1000),
      { arm, customer: { dedicated: false } },
      'inconclusive',
    ],
    ['something else is enforced', lastTokenLimit(5000, 5100, { verdicts: failed }), { arm }, 'fail'],
    ['it was not decided', lastTokenLimit(960, 1000, { verdicts: undecided }), { arm }, 'inconclusive'],
    ['it lies across an edge', lastTokenLimit(1500, 2000, { verdicts: failed }), { arm }, 'inconclusive'],
  ])('%s', async (_, measured, planted, expected) => {
    expect(await enforcedAsConfigured(planted, measured)).toBe(expected);
  });
});

test('nobody is blamed where it is not known what was configured when the limit was measured', async () => {
  const measured = lastTokenLimit(1900, 2000, { verdicts: failed });
  const { findings } = await audit({ earlierAudits: [measured] });
  expect(findings.find(({ rule }) => rule === 'enforced-as-configured')).toMatchObject({
    verdict: 'inconclusive',
    because: 'Nobody had read the policies before that audit: they may have been others then.',
  });
  const later = { ...(await lastDrift()), finishedAt: '2026-11-21T03:59:00.000Z' };
  expect(await enforcedAsConfigured({}, measured, later)).toBe('inconclusive');
  expect(await enforcedAsConfigured({}, lastTokenLimit(960, 1000), later)).toBe('pass');
});

test('another API’s limit is not what was measured', async () => {
  const arm = {
    '/apis/aoai/operations/embeddings': { method: 'POST', urlTemplate: '/deployments/{id}/embeddings' },
    '/apis/aoai/operations/embeddings/policies/policy': aPolicy({
      inbound: `<base />${aTokenLimit(10)}`,
      backend: aRetry,
    }),
  };
  const gateway = { surfaces: ['chat', 'embeddings'] } as const;
  expect(await enforcedAsConfigured({ arm, gateway }, lastTokenLimit(960, 1000))).toBe('pass');
});
