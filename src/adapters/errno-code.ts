/** The code of a failed call of the operating system ("ENOENT"); undefined for any other error. */
export function errnoCode(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
