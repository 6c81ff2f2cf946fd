import { AuditorError } from '../../auditor-error';

/** Trouble of ours as an AuditorError: what is one already stays as it is, all else is a mistake of this program. */
export function asFault(error: unknown, doing: string): AuditorError {
  if (error instanceof AuditorError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AuditorError(
    'program-error',
    `Cannot ${doing}: ${message}. This is a mistake of this program: please report it.`,
    { cause: error },
  );
}
