import type { SimulatorConfigInput } from '../../../simulator/config';
import type { Pool } from '../../../src/audit/declaration';
import { aPool } from './a-pool';
import type { PoolCase } from './simulate-pool';

type SimulatedPool = NonNullable<SimulatorConfigInput['pool']>;
type Backend = Partial<NonNullable<SimulatorConfigInput['backends']>[number]>;

export const breaker = { failures: 1, interval: 'PT1M', tripDuration: 'PT30S' };
/** Its own limit is reached by a few thousand tokens in a minute. */
export const small: Backend = { tokensPerMinute: 6000, requestsPer10Seconds: null, breaker };

/** What is special about a pool of the members A, B, … and what is declared of it. */
export interface Spec {
  readonly weights?: readonly number[];
  readonly isTiered?: boolean;
  readonly simulated?: Partial<SimulatedPool>;
  readonly backends?: Readonly<Record<string, Backend>>;
  readonly declared?: Partial<Pool>;
  readonly faults?: SimulatorConfigInput['faults'];
  readonly settings?: PoolCase['settings'];
  readonly tokensPerMinute?: number;
  readonly others?: PoolCase['others'];
}

export function aCase(spec: Spec): PoolCase {
  const weights = spec.weights ?? [1, 1];
  const ids = ['A', 'B', 'C', 'D'].slice(0, weights.length);
  const members = ids.map((id, at) => ({ id, weight: weights[at] ?? 1, priority: spec.isTiered ? at + 1 : 1 }));
  return {
    simulated: {
      backends: ids.map((id) => ({ id, region: id, ...spec.backends?.[id] })),
      pool: { members: members.map(({ id, ...member }) => ({ backend: id, ...member })), ...spec.simulated },
      ...(spec.faults && { faults: spec.faults }),
    },
    pool: aPool(members, spec.declared),
    gateway: { allowedBackends: ids },
    ...(spec.settings && { settings: spec.settings }),
    ...(spec.tokensPerMinute && { tokensPerMinute: spec.tokensPerMinute }),
    ...(spec.others && { others: spec.others }),
  };
}
