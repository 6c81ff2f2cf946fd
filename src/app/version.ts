import { packageVersion } from '../adapters/package-version';

/** Of this program, as its package says. */
export const version = packageVersion();
