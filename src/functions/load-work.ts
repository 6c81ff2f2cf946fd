/** Loads what invocations need; after the first time that costs nothing. */
export function loadWork(): Promise<typeof import('./work')> {
  return import('./work.js');
}
