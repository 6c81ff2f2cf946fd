import manifest from '../../package.json';

/** Of this program, as its package says. */
export const version: string = manifest.version;
