import type { ApimBreaker } from '../../apim/apim-configuration';
import { type ConfiguredMember, retriesOn } from '../../apim/backend-pool';
import type { Pool } from '../declaration';
import { parseDurationMs } from '../duration';
import { poolDefaults } from '../pool-defaults';
import { type DriftView, type RequestWay, usedPoolOf } from './drift-view';
import { type Decision, decided, undecided } from './finding';

/**
 * Whether members are left out after failures as declared: without that no lower priority ever takes over. What stands
 * at its default may never have been declared, so that nobody is blamed for having it otherwise.
 */
export function judgeBreakerConfigured(view: DriftView, way: RequestWay): Decision | null {
  const { pool } = view.declared.gateway;
  const used = pool === undefined ? null : usedPoolOf(view, way);
  if (pool === undefined || used?.kind !== 'pool') return null;
  const { members } = used.pool;
  const retries = retriesOn(way.places, view.configuration);
  const expected = `${describeBreaker(pool)}${retries === 'unknown' ? '' : `; retries: ${pool.retries}`}`;
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
  const drifts = guarded.map((member) => driftOf(member, pool));
  const broken = drifts.find(({ settings }) => settings.some((setting) => isDeclared(setting, pool)));
  if (broken !== undefined) {
    const because = `The breaker of ${broken.member.name} trips or comes back otherwise than declared.`;
    return decided('fail', { expected, observed: describeMember(broken.member), because });
  }
  const otherRetries = retries === 'unknown' || retries === pool.retries ? null : `retries: ${retries}`;
  if (otherRetries !== null && isDeclared('retries', pool)) {
    const because = 'The gateway tries again as often as its policy says, not as declared.';
    return decided('fail', { expected, observed: otherRetries, because });
  }
  const untold = drifts.find(({ settings }) => settings.length > 0);
  if (untold !== undefined) {
    const { name } = untold.member;
    const because = `of ${name} is configured otherwise what is taken where nothing is declared: ${untold.settings.join(', ')}; pool declares them`;
    return undecided(expected, describeMember(untold.member), because);
  }
  if (otherRetries !== null) {
    return undecided(expected, otherRetries, 'the gateway tries again; pool.retries declares how often');
  }
  const relative = guarded.find(({ breaker }) => breaker?.failures === null);
  if (relative !== undefined) {
    const because = `the breaker of ${relative.name} trips at a percentage, which cannot be declared`;
    return undecided(expected, describeMember(relative), because);
  }
  const because = 'Every breaker trips and comes back as declared.';
  return decided('pass', { expected, observed: 'as declared', because });
}

type Setting = keyof typeof poolDefaults;

interface MemberDrift {
  readonly member: ConfiguredMember;
  readonly settings: readonly Setting[];
}

/** The settings that are known to be other ones. */
function driftOf(member: ConfiguredMember, pool: Pool): MemberDrift {
  const { breaker } = member;
  if (breaker === null) return { member, settings: [] };
  const isOther: readonly (readonly [Setting, boolean])[] = [
    ['failures', breaker.failures !== null && breaker.failures !== pool.failures],
    ['interval', isOtherTime(breaker.interval, pool.interval)],
    ['tripDuration', isOtherTime(breaker.tripDuration, pool.tripDuration)],
    ['acceptRetryAfter', breaker.acceptRetryAfter !== pool.acceptRetryAfter],
  ];
  return { member, settings: isOther.flatMap(([setting, other]) => (other ? [setting] : [])) };
}

function isOtherTime(configured: string | null, declared: string): boolean {
  return configured !== null && parseDurationMs(configured) !== parseDurationMs(declared);
}

function isDeclared(setting: Setting, pool: Pool): boolean {
  const [declared, usual] = [pool[setting], poolDefaults[setting]];
  if (typeof declared !== 'string' || typeof usual !== 'string') return declared !== usual;
  return parseDurationMs(declared) !== parseDurationMs(usual);
}

function describeBreaker({ failures, interval, tripDuration, acceptRetryAfter }: ApimBreaker | Pool): string {
  const wait = acceptRetryAfter ? ' or its Retry-After' : '';
  return `failures: ${failures} in ${interval}, then out for ${tripDuration}${wait}`;
}

function describeMember({ name, breaker }: ConfiguredMember): string {
  if (breaker === null) return name;
  const { failures, percentage, interval, tripDuration } = breaker;
  return failures === null
    ? `${name}: failures: ${percentage} % in ${interval}, then out for ${tripDuration}`
    : `${name}: ${describeBreaker(breaker)}`;
}
