import type { PoolConfig } from './pool-config';
import type { Random } from './random';

/** Chooses among members that may be used now, by weight. Remembers its place in the sequence. */
export type Balancer = (eligible: readonly WeightedMember[]) => WeightedMember | null;

export interface WeightedMember {
  readonly backend: string;
  readonly weight: number;
}

export function createBalancer(balancing: PoolConfig['balancing'], random: Random): Balancer {
  switch (balancing) {
    case 'smooth':
      return createSmoothBalancer();
    case 'block':
      return createBlockBalancer();
    case 'random':
      return (eligible) => drawMember(eligible, random);
    default: {
      const unknown: never = balancing;
      throw new Error(`Unknown balancing ${String(unknown)}.`);
    }
  }
}

/** Smooth weighted round robin as nginx does it: 3 to 1 becomes A A B A. */
function createSmoothBalancer(): Balancer {
  const credits = new Map<string, number>();
  return (eligible) => {
    const weighted = withWeights(eligible);
    let best: WeightedMember | null = null;
    for (const member of weighted) {
      credits.set(member.backend, (credits.get(member.backend) ?? 0) + member.weight);
      if (!best || (credits.get(member.backend) ?? 0) > (credits.get(best.backend) ?? 0)) best = member;
    }
    if (best) credits.set(best.backend, (credits.get(best.backend) ?? 0) - totalWeight(weighted));
    return best;
  };
}

/** As many calls in a row as the weight says, then the next member. */
function createBlockBalancer(): Balancer {
  let current: string | null = null;
  let served = 0;
  return (eligible) => {
    const weighted = withWeights(eligible).filter((member) => member.weight > 0);
    const index = weighted.findIndex((member) => member.backend === current);
    const staying = weighted[index];
    if (staying && served < staying.weight) {
      served += 1;
      return staying;
    }
    const next = weighted[(index + 1) % weighted.length] ?? null;
    current = next?.backend ?? null;
    served = 1;
    return next;
  };
}

function drawMember(eligible: readonly WeightedMember[], random: Random): WeightedMember | null {
  const weighted = withWeights(eligible);
  let left = random() * totalWeight(weighted);
  for (const member of weighted) {
    left -= member.weight;
    if (left < 0) return member;
  }
  return weighted.at(-1) ?? null;
}

/** Members without any weight between them share evenly. */
function withWeights(eligible: readonly WeightedMember[]): readonly WeightedMember[] {
  return totalWeight(eligible) > 0 ? eligible : eligible.map((member) => ({ ...member, weight: 1 }));
}

function totalWeight(members: readonly WeightedMember[]): number {
  return members.reduce((sum, member) => sum + member.weight, 0);
}
