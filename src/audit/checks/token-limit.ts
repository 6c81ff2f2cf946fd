import type { Check } from '../check';
import { judgeTokenLimit } from '../token-limit/judge';
import { nextTokenLimit } from '../token-limit/plan';

/** Is the promised tokens-per-minute limit in force, as large as sold, and honest about itself? */
export const tokenLimit: Check = {
  name: 'token-limit',
  saturates: true,
  next: nextTokenLimit,
  judge: judgeTokenLimit,
};
