import { AuditorError } from '../auditor-error';
import { type CommandIo, printLine } from './command-io';

/** One clear line on stderr, then each problem on its own; the stack only with AUDIT_DEBUG. */
export function printError(error: unknown, { stderr, env }: Pick<CommandIo, 'stderr' | 'env'>): void {
  const message = error instanceof Error ? error.message : String(error);
  printLine(
    stderr,
    error instanceof AuditorError ? `error: ${message}` : `error: this is a mistake of ours: ${message}`,
  );
  if (error instanceof AuditorError)
    for (const problem of error.details.problems ?? []) printLine(stderr, `  ${problem}`);
  if (env.AUDIT_DEBUG && error instanceof Error) printLine(stderr, `${error.stack}`);
}
