import type { Check } from '../check';
import { judgeUsage } from '../usage/judge';
import { nextUsage } from '../usage/plan';

/** Is what this customer uses reported, metered, and booked on it? */
export const usage: Check = {
  name: 'usage',
  saturates: false,
  next: nextUsage,
  judge: judgeUsage,
};
