import type { Check } from '../check';
import { judgeTokenQuota } from '../token-quota/judge';
import { nextTokenQuota } from '../token-quota/plan';

/** Is the promised token quota in force, and does its refusal name the true end of the period? */
export const tokenQuota: Check = {
  name: 'token-quota',
  saturates: true,
  next: nextTokenQuota,
  judge: judgeTokenQuota,
};
