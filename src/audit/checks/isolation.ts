import type { Check } from '../check';
import { judgeIsolation } from '../isolation/judge';
import { nextIsolation } from '../isolation/plan';

/** Do others notice when one customer uses up its limit? */
export const isolation: Check = {
  name: 'isolation',
  saturates: true,
  next: nextIsolation,
  judge: judgeIsolation,
};
