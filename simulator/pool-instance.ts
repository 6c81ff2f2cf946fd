import { createBalancer, type WeightedMember } from './balancer';
import type { GatewayBehaviour } from './behaviour';
import { type Breaker, createBreaker, neverOpen } from './breaker';
import type { BackendConfig, PoolConfig } from './pool-config';
import type { Random } from './random';

export interface Member extends WeightedMember {
  readonly priority: number;
}

/** One gateway instance's own view of the pool: its breakers and its place in the sequence. */
export interface PoolInstance {
  breakerOf(backend: string): Breaker;
  /** The member for the next try, `wanted` first where it is usable; null where every breaker is open. */
  select(nowMs: number, wanted: string | null): Member | null;
}

interface PoolSetup {
  readonly pool: PoolConfig;
  readonly backends: readonly BackendConfig[];
  readonly behaviour: GatewayBehaviour;
}

/**
 * Priorities first: the lower number wins, and a lower tier is used only while every breaker above it is open. Then
 * weights.
 */
export function createPoolInstance({ pool, backends, behaviour }: PoolSetup, random: Random): PoolInstance {
  const members = pool.members.map((member, index) => ({
    backend: member.backend,
    priority: behaviour.heedsPriority ? member.priority : 1,
    weight: behaviour.weights ? (behaviour.weights[index] ?? 1) : member.weight,
  }));
  const balance = createBalancer(pool.balancing, random);
  const breakers = new Map(
    backends.map(({ id, breaker }) => [
      id,
      breaker && behaviour.breakersTrip ? createBreaker(breaker, { resets: behaviour.breakersReset }) : neverOpen,
    ]),
  );
  const breakerOf = (backend: string) => breakers.get(backend) ?? neverOpen;
  let last: string | null = null;

  return {
    breakerOf,
    select(nowMs, wanted) {
      const usable = members.filter((member) => !breakerOf(member.backend).isOpen(nowMs));
      const own = usable.find((member) => member.backend === wanted);
      if (own) return own;
      const priority = Math.min(...usable.map((member) => member.priority));
      const tier = usable.filter((member) => member.priority === priority);
      const kept = tier.find((member) => member.backend === last);
      if (kept && behaviour.stickiness > 0 && random() < behaviour.stickiness) return kept;
      last = balance(tier)?.backend ?? null;
      return tier.find((member) => member.backend === last) ?? null;
    },
  };
}
