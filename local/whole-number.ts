import { AuditorError } from '../src/auditor-error';

/** A setting that is a whole number within bounds. Throws `bad-usage`, naming it, for anything else. */
export function readWholeNumber(
  name: string,
  text: string | undefined,
  { least, most, fallback }: { readonly least: number; readonly most: number; readonly fallback: number },
): number {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new AuditorError('bad-usage', `${name} is "${text}"; it must be a whole number from ${least} to ${most}.`);
  }
  return value;
}
