import type { Finding, Verdict } from '../verdict';

/** What one rule says; the rule's name comes from who calls it. */
export type Decision = Omit<Finding, 'rule'>;

export function decided(verdict: Verdict, said: Omit<Decision, 'verdict'>): Decision {
  return { verdict, ...said };
}

export function undecided(expected: string, observed: string, because: string): Decision {
  return { verdict: 'inconclusive', expected, observed, because: asSentence(because) };
}

/** A reason as one sentence. */
export function asSentence(reason: string): string {
  const sentence = reason.charAt(0).toUpperCase() + reason.slice(1);
  return /[.…]$/.test(sentence) ? sentence : `${sentence}.`;
}
