import type { Evidence } from '../check';
import { type Episode, episodesOf } from './episodes';
import { type Outcome, outcomesOf } from './outcomes';
import { type PoolView, poolViewOf } from './pool-view';

/** The evidence of a load-balance audit as all its rules look at it. */
export interface View {
  readonly evidence: PoolEvidence;
  readonly pool: PoolView;
  /** In the order in which they were sent. */
  readonly outcomes: readonly Outcome[];
  readonly episodes: readonly Episode[];
}

/** What planning and judging have in common. */
export type PoolEvidence = Pick<Evidence, 'declared' | 'exchanges' | 'earlierCounts'>;

/** Null where no pool is declared. */
export function viewOf(evidence: PoolEvidence): View | null {
  const pool = poolViewOf(evidence.declared);
  if (pool === null) return null;
  const outcomes = outcomesOf(evidence.exchanges, pool, evidence.declared.gateway.headers);
  return { evidence, pool, outcomes, episodes: episodesOf(outcomes, pool) };
}

/** The step that spends until a member's own limit trips its breaker. */
export const provokeStep = 'provoke';

/** This audit spent so that a member fails; a gateway that retries may have hidden that it did. */
export function wasProvoked({ outcomes }: Pick<View, 'outcomes'>): boolean {
  return outcomes.some(({ exchange }) => exchange.asked.step === provokeStep);
}

/** At most five names, so that a finding stays a line. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

export function secondsOf(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
