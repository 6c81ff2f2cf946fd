import { type ConfiguredMember, retriesOn, type UsedPool, usedPool } from '../../apim/backend-pool';
import type { Pool } from '../declaration';
import { parseDurationMs } from '../duration';
import { type DriftView, type RequestWay, unreadBecause } from './drift-view';
import { type Decision, decided, undecided } from './finding';

/** A member's place in a pool: the rank of its priority, and its share of what that priority's members answer. */
interface MemberPlace {
  readonly name: string;
  readonly rank: number;
  readonly share: number;
}

/** Whether the pool has the members, priorities and weights that are declared. */
export function judgePoolConfigured(view: DriftView, way: RequestWay): Decision | null {
  const { pool } = view.declared.gateway;
  if (pool === undefined) return null;
  const declared = placesIn(pool.members.map(({ id, priority, weight }) => ({ name: id, priority, weight })));
  const expected = describe(declared);
  const used = usedPoolOf(view, way);
  if (used.kind === 'unknown') return undecided(expected, 'the pool cannot be told', used.because);
  if (used.kind === 'single') {
    const because = 'Its requests go to one backend and are not balanced.';
    return decided('fail', { expected, observed: used.backend, because });
  }
  const configured = placesIn(used.pool.members);
  const observed = `${describe(configured)} (pool ${used.pool.name})`;
  const isSame = isSamePool(declared, configured);
  const because = isSame
    ? 'Members, priorities and weights are as declared.'
    : `${whatIsLost(declared, configured)} not as declared.`;
  return decided(isSame ? 'pass' : 'fail', { expected, observed, because });
}

/** Whether members are left out after failures as declared: without that no lower priority ever takes over. */
export function judgeBreakerConfigured(view: DriftView, way: RequestWay): Decision | null {
  const { pool } = view.declared.gateway;
  const used = pool === undefined ? null : usedPoolOf(view, way);
  if (pool === undefined || used?.kind !== 'pool') return null;
  const { members } = used.pool;
  const expected = describeBreaker(pool);
  const last = Math.max(...members.map(({ priority }) => priority ?? 1));
  const isRanked = members.some(({ priority }) => (priority ?? 1) < last);
  const bare = members.filter(({ breaker, priority }) => breaker === null && (priority ?? 1) < last);
  if (bare.length > 0) {
    return decided('fail', {
      expected,
      observed: `no circuit breaker on ${bare.map(({ name }) => name).join(', ')}`,
      because: 'A lower priority takes over only when breakers have tripped.',
    });
  }
  const guarded = members.filter(({ breaker }) => breaker !== null);
  if (guarded.length === 0 || (!isRanked && guarded.length < members.length)) return null;
  const other = guarded.find((member) => !isDeclaredBreaker(member, pool));
  const retries = retriesOn(way.places, view.configuration);
  if (other !== undefined) {
    const because = `The breaker of ${other.name} trips or comes back otherwise than declared.`;
    return decided('fail', { expected, observed: describeMember(other), because });
  }
  if (retries !== 'unknown' && retries !== pool.retries) {
    const because = 'The gateway tries again as often as its policy says, not as declared.';
    return decided('fail', { expected, observed: `${describeBreaker({ ...pool, retries })}`, because });
  }
  return decided('pass', {
    expected,
    observed: 'as declared',
    because: 'Every breaker trips and comes back as declared.',
  });
}

function usedPoolOf({ configuration }: DriftView, way: RequestWay): UsedPool {
  const unread = unreadBecause(configuration, 'backends');
  return unread === null ? usedPool(way.places, configuration) : { kind: 'unknown', because: unread };
}

/** A pool in which nobody has a priority or a weight treats all alike; so does one in which all have the same. */
function placesIn(
  members: readonly { readonly name: string; readonly priority: number | null; readonly weight: number | null }[],
): readonly MemberPlace[] {
  const priorities = [...new Set(members.map(({ priority }) => priority ?? 1))].toSorted((a, b) => a - b);
  return members.map((member) => {
    const priority = member.priority ?? 1;
    const group = members.filter((other) => (other.priority ?? 1) === priority);
    const sum = group.reduce((total, { weight }) => total + (weight ?? 1), 0);
    const share = sum === 0 ? 1 / group.length : (member.weight ?? 1) / sum;
    return { name: member.name, rank: priorities.indexOf(priority) + 1, share };
  });
}

/** By name where all of them are named alike; else as two sets of places, since a declaration may name regions. */
function isSamePool(declared: readonly MemberPlace[], configured: readonly MemberPlace[]): boolean {
  if (declared.length !== configured.length) return false;
  const byName = declared.map(({ name }) => configured.find((one) => one.name.toLowerCase() === name.toLowerCase()));
  const isNamed = byName.every((one) => one !== undefined);
  const [a, b] = [isNamed ? declared : sorted(declared), isNamed ? byName : sorted(configured)];
  return a.every((place, at) => place.rank === b[at]?.rank && Math.abs(place.share - (b[at]?.share ?? 0)) < 0.005);
}

function sorted(places: readonly MemberPlace[]): readonly MemberPlace[] {
  return places.toSorted((a, b) => a.rank - b.rank || a.share - b.share);
}

function whatIsLost(declared: readonly MemberPlace[], configured: readonly MemberPlace[]): string {
  if (declared.length !== configured.length) return 'The members are';
  const ranks = (places: readonly MemberPlace[]) =>
    places
      .map(({ rank }) => rank)
      .toSorted()
      .join();
  return ranks(declared) === ranks(configured) ? 'The weights are' : 'The priorities are';
}

function describe(places: readonly MemberPlace[]): string {
  return places.map(({ name, rank, share }) => `${name}: priority ${rank}, ${Math.round(share * 100)} %`).join('; ');
}

function isDeclaredBreaker({ breaker }: ConfiguredMember, pool: Pool): boolean {
  if (breaker === null || breaker.failures === null) return breaker === null;
  const isSameTime = (configured: string | null, declared: string) =>
    configured !== null && parseDurationMs(configured) === parseDurationMs(declared);
  return (
    breaker.failures === pool.failures &&
    isSameTime(breaker.interval, pool.interval) &&
    isSameTime(breaker.tripDuration, pool.tripDuration) &&
    breaker.acceptRetryAfter === pool.acceptRetryAfter
  );
}

function describeBreaker(pool: Pool): string {
  const { failures, interval, tripDuration, acceptRetryAfter, retries } = pool;
  return `failures: ${failures} in ${interval}, then out for ${tripDuration}${acceptRetryAfter ? ' or its Retry-After' : ''}; retries: ${retries}`;
}

function describeMember({ name, breaker }: ConfiguredMember): string {
  const rate = breaker?.failures === null ? `${breaker.percentage} %` : `${breaker?.failures}`;
  const wait = breaker?.acceptRetryAfter ? ' or its Retry-After' : '';
  return `${name}: failures: ${rate} in ${breaker?.interval}, then out for ${breaker?.tripDuration}${wait}`;
}
