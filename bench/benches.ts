import type { Bench } from './bench';
import { closedLoop } from './closed-loop';
import { stallRace } from './stall';

/** Every bench by its name; a new one is one file and one line here. They run in this order. */
export const benches: Readonly<Record<string, Bench>> = {
  'closed-loop': closedLoop,
  stall: stallRace,
};
