import type { ProbeRequest } from '../../probe/exchange';
import { boundTokensOf } from '../../probe/prompt';
import type { NeighbourDeclaration } from '../declaration';
import { type Neighbour, trickle } from './scene';

/** Refusals are free: so many of a neighbour's during the load are waited for where it is refused. */
export const groupsNeeded = 6;

/** How many of a neighbour's own tokens its trickle may take, so that it never fills its own limit. */
const ownShare = 0.5;

/** How often a neighbour is asked: in the rounds before the load and beside it, and while the audited one is refused. */
export interface Pace {
  readonly rounds: readonly number[];
  readonly during: number;
}

/** Two answers during the load decide, so that many there always are; the others as far as the limit has room. */
export function paceFor({ tokensPerMinute }: NeighbourDeclaration): Pace {
  const affordable = Math.floor((ownShare * tokensPerMinute) / boundTokensOf(trickle('size')));
  if (affordable >= 16) return { rounds: [0, 1, 2, 3, 4, 5, 6, 7], during: 6 };
  if (affordable >= 8) return { rounds: [0, 2, 4], during: 4 };
  return { rounds: [0], during: 2 };
}

/** The neighbours' probes of one round. */
export function tricklesAt(step: string, round: number, neighbours: readonly Neighbour[]): readonly ProbeRequest[] {
  return neighbours
    .filter(({ declared }) => paceFor(declared).rounds.includes(round))
    .map(({ declared }) => trickle(step, declared));
}
