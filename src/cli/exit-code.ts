import type { Verdict } from '../audit/verdict';
import { AuditorError } from '../auditor-error';

export const exitCodes = { pass: 0, fail: 1, inconclusive: 2, badUsage: 3, ownFault: 4, interrupted: 130 } as const;

/** 0 all pass, 1 some fail, 2 none fails but some are inconclusive; without any verdict nothing was shown: 2. */
export function exitCodeOf(verdicts: readonly Verdict[]): number {
  if (verdicts.includes('fail')) return exitCodes.fail;
  return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'pass')
    ? exitCodes.pass
    : exitCodes.inconclusive;
}

/** 3 where the caller can put it right (usage, configuration, settings), 4 where it is trouble of ours. */
export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof AuditorError)) return exitCodes.ownFault;
  switch (error.code) {
    case 'bad-usage':
    case 'config-invalid':
    case 'config-unreadable':
    case 'setting-missing':
    case 'bad-request':
    case 'not-found':
      return exitCodes.badUsage;
    default:
      return exitCodes.ownFault;
  }
}
