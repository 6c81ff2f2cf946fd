import { createRandom } from '../../../simulator/random';
import { aCase } from './a-case';
import { aHealthyPool } from './a-healthy-pool';
import { auditPool, verdictsOf } from './simulate-pool';

test('no pool that keeps its promises is ever failed, whatever trouble it is in', () => {
  const failed = Array.from({ length: 100 }, (_, seed) => {
    const spec = aHealthyPool(createRandom(seed + 1));
    const verdicts = verdictsOf(auditPool(aCase(spec)));
    return Object.entries(verdicts).flatMap(([rule, verdict]) => (verdict === 'fail' ? [{ seed, rule, spec }] : []));
  }).flat();
  expect(
    failed.map(({ seed, rule, spec }) => ({ seed, rule, spec: { ...spec, others: spec.others?.length } })),
  ).toEqual([]);
});
