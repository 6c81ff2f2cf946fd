import type { Check } from '../check';
import { earlierCountsOf } from '../load-balance/earlier-counts';
import { judgeLoadBalance } from '../load-balance/judge';
import { nextLoadBalance } from '../load-balance/plan';

/** Is the traffic spread over the backends as declared, does it fail over and come back, and does it stay where it may? */
export const loadBalance: Check = {
  name: 'load-balance',
  saturates: false,
  next: nextLoadBalance,
  judge: judgeLoadBalance,
  goesOnFrom: earlierCountsOf,
};
