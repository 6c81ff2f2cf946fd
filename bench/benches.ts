import type { Bench } from './bench';

/** Every bench by its name; a new one is one file and one line here. They run in this order. */
export const benches: Readonly<Record<string, Bench>> = {};
