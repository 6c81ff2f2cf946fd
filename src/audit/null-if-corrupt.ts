import { AuditorError } from '../auditor-error';

/** For `catch`: null in the place of a row that somebody else wrote; any other trouble goes on. */
export function nullIfCorrupt(error: unknown): null {
  if (error instanceof AuditorError && error.code === 'storage-corrupt') return null;
  throw error;
}
