import { AuditorError } from '../src/auditor-error';

/** 3: how we were called or configured; 4: our own fault (storage down, a mistake of ours). */
export function exitCodeOf(error: unknown): 3 | 4 {
  return error instanceof AuditorError && !error.code.startsWith('storage-') ? 3 : 4;
}

/** What failed, on one line, and each single problem on its own; a stack only for our own mistakes. */
export function explain(error: Error): string {
  if (!(error instanceof AuditorError)) return `error: ${error.stack ?? error.message}`;
  return [`error: ${error.message}`, ...(error.details.problems ?? []).map((problem) => `  ${problem}`)].join('\n');
}
