export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** One rule's result in an audit. The rule's full id is `check/rule`. */
export interface Finding {
  readonly rule: string;
  readonly verdict: Verdict;
  readonly expected: string;
  readonly observed: string;
  /** One sentence. */
  readonly because: string;
}

/** The worst finding decides; an audit without findings could not measure anything. */
export function worstVerdict(findings: readonly Finding[]): Verdict {
  if (findings.some((finding) => finding.verdict === 'fail')) return 'fail';
  if (findings.length === 0 || findings.some((finding) => finding.verdict === 'inconclusive')) return 'inconclusive';
  return 'pass';
}
