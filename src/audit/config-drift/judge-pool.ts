import { type DriftView, type RequestWay, usedPoolOf } from './drift-view';
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
  if (declared.length < configured.length && namesakes(declared, configured) === null) {
    const because =
      "the declared members are not named like the pool's, and one of them may stand for several backends";
    return undecided(expected, observed, because);
  }
  const because = isSame
    ? 'Members, priorities and weights are as declared.'
    : `${whatIsLost(declared, configured)} not as declared.`;
  return decided(isSame ? 'pass' : 'fail', { expected, observed, because });
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
  const byName = namesakes(declared, configured);
  const [a, b] = byName === null ? [sorted(declared), sorted(configured)] : [declared, byName];
  return a.every((place, at) => place.rank === b[at]?.rank && Math.abs(place.share - (b[at]?.share ?? 0)) < 0.005);
}

/** The configured member of each declared one's name, in their order; null where one has none. */
function namesakes(
  declared: readonly MemberPlace[],
  configured: readonly MemberPlace[],
): readonly MemberPlace[] | null {
  const found = declared.flatMap(
    ({ name }) => configured.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? [],
  );
  return found.length === declared.length ? found : null;
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
