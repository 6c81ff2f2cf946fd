import type { Bench } from './bench';
import { closedLoop } from './closed-loop';
import { coldStart } from './cold-start';
import { costOfTruth } from './cost-of-truth';
import { scale } from './scale';
import { stallRace } from './stall';
import { storageCounts } from './storage-counts';
import { verify } from './verify';

/** Every bench by its name; a new one is one file and one line here. They run in this order. */
export const benches: Readonly<Record<string, Bench>> = {
  'closed-loop': closedLoop,
  stall: stallRace,
  'cost-of-truth': costOfTruth,
  storage: storageCounts,
  'cold-start': coldStart,
  verify,
  scale,
};
