import type { ApimBreaker, ApimConfiguration, PolicyPlace } from './apim-configuration';
import { type ConfiguredPool, retriesOn, usedPool } from './backend-pool';

export interface Imported<T> {
  readonly value: T | null;
  /** What could not be decided, for people. */
  readonly notes: readonly string[];
}

/** The part `pool` of a gateway's configuration; null where requests are not known to go to one. */
export function importPool(places: readonly PolicyPlace[], configuration: ApimConfiguration): Imported<object> {
  const used = usedPool(places, configuration);
  if (used.kind === 'unknown') return { value: null, notes: [`the backend pool can't be told: ${used.because}`] };
  if (used.kind === 'single') return { value: null, notes: [] };
  const { name, members } = used.pool;
  const retries = retriesOn(places, configuration);
  const breakers = members.flatMap(({ breaker }) => (breaker === null ? [] : [breaker]));
  const notes = [
    `pool ${name}: what the backend header says of each member can't be told; set answersAs, such as "Sweden Central"`,
    ...(retries === 'unknown'
      ? [`pool ${name}: how often the gateway tries again can't be told; set pool.retries`]
      : []),
    ...breakerNotes(used.pool, breakers),
  ];
  const pool = {
    members: members.map((member) => ({
      id: member.name,
      ...(member.priority !== null && { priority: member.priority }),
      ...(member.weight !== null && { weight: member.weight }),
    })),
    ...(breakers[0] && breakerSettings(breakers[0])),
    ...(typeof retries === 'number' && retries > 0 && { retries }),
  };
  return { value: pool, notes };
}

function breakerNotes({ name, members }: ConfiguredPool, breakers: readonly ApimBreaker[]): readonly string[] {
  if (breakers.length === 0)
    return [`pool ${name}: no member has a circuit breaker, so nothing takes over where one fails`];
  const forms = new Set(breakers.map((breaker) => JSON.stringify(breaker)));
  return [
    ...(breakers.length < members.length ? [`pool ${name}: not every member has a circuit breaker`] : []),
    ...(forms.size > 1 ? [`pool ${name}: its members' circuit breakers differ; the first one's is taken`] : []),
    ...(breakers[0]?.failures === null
      ? [`pool ${name}: its breaker trips at a percentage, which cannot be declared`]
      : []),
  ];
}

function breakerSettings({ failures, interval, tripDuration, acceptRetryAfter }: ApimBreaker): object {
  return {
    ...(failures !== null && { failures }),
    ...(interval !== null && { interval }),
    ...(tripDuration !== null && { tripDuration }),
    acceptRetryAfter,
  };
}
