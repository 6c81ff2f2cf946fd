import type { Declaration, Pool } from '../declaration';
import { durationMs } from '../duration';

/** Members of a pool that answer under one name: from outside they are one. */
export interface Group {
  readonly answersAs: string;
  readonly members: number;
  /** The best of its members' priorities; the lower number goes first. */
  readonly priority: number;
  /** Its members have different priorities, so its answers show none. */
  readonly isMixed: boolean;
}

/** A group that the traffic of the highest priority is spread over; its share of it, 0 to 1. */
export interface SharingGroup extends Group {
  readonly share: number;
}

/** A declared pool as its answers can be told apart. */
export interface PoolView {
  readonly pool: Pool;
  readonly groups: readonly Group[];
  readonly topPriority: number;
  /** The groups of the highest priority, in the order declared. */
  readonly sharing: readonly SharingGroup[];
  /** Sum of the weights of the highest priority, as declared. */
  readonly weightSum: number;
  /** The largest of those weights. */
  readonly mostWeight: number;
  /** The shortest sequence that can have the shares exactly. */
  readonly period: number;
  /** Some answers show a lower priority. */
  readonly hasLower: boolean;
  readonly tripMs: number;
  readonly intervalMs: number;
}

/**
 * A weight of 0 beside others is read as this share of the sum: no sequential test can take a share of nothing, and
 * what API Management does with such a member is not documented.
 */
const leastShare = 0.001;

export function poolViewOf(declared: Pick<Declaration, 'gateway'>): PoolView | null {
  const { pool } = declared.gateway;
  if (pool === undefined) return null;
  const { members } = pool;
  const topPriority = Math.min(...members.map((member) => member.priority));
  const groups = [...new Set(members.map((member) => keyOf(member.answersAs)))].map((key): Group => {
    const own = members.filter((member) => keyOf(member.answersAs) === key);
    const priority = Math.min(...own.map((member) => member.priority));
    return {
      answersAs: own[0]?.answersAs ?? key,
      members: own.length,
      priority,
      isMixed: own.some((member) => member.priority !== priority),
    };
  });
  const top = members.filter((member) => member.priority === topPriority);
  const weightSum = top.reduce((sum, member) => sum + member.weight, 0);
  const weightOf = (group: Group) =>
    top.filter(({ answersAs }) => keyOf(answersAs) === keyOf(group.answersAs)).reduce((sum, m) => sum + m.weight, 0);
  const sharing = groups.filter((group) => group.priority === topPriority);
  const weights = sharing.map(weightOf);
  const raised = weights.map((weight) => Math.max(weight, leastShare * weightSum));
  const raisedSum = raised.reduce((sum, weight) => sum + weight, 0);
  return {
    pool,
    groups,
    topPriority,
    sharing: sharing.map((group, index) => ({ ...group, share: (raised[index] ?? 0) / raisedSum })),
    weightSum,
    mostWeight: Math.max(...top.map((member) => member.weight)),
    period: weightSum / weights.reduce(greatestCommonDivisor, 0),
    hasLower: groups.some((group) => !group.isMixed && group.priority > topPriority),
    tripMs: durationMs(pool.tripDuration),
    intervalMs: durationMs(pool.interval),
  };
}

export function groupOf(view: Pick<PoolView, 'groups'>, backend: string | null): Group | null {
  if (backend === null) return null;
  return view.groups.find((group) => keyOf(group.answersAs) === keyOf(backend)) ?? null;
}

/** Names of regions are the same names in capitals. */
export function keyOf(backend: string): string {
  return backend.trim().toLowerCase();
}

/** Of a lower priority, and known to be. */
export function isLower(view: Pick<PoolView, 'topPriority'>, group: Group | null): boolean {
  return group !== null && !group.isMixed && group.priority > view.topPriority;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
