import type { Check } from '../check';
import { judgeClientExperience } from '../client-experience/judge';
import { nextClientExperience } from '../client-experience/plan';

/** What does a customer's own SDK make of a limit that is used up: a long wait, or an error? */
export const clientExperience: Check = {
  name: 'client-experience',
  saturates: true,
  next: nextClientExperience,
  judge: judgeClientExperience,
};
