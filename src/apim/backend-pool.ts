import type { ApimBackend, ApimBreaker, ApimConfiguration, PolicyPlace } from './apim-configuration';
import { effectiveSection } from './effective-policy';
import { shortened, statedIn } from './stated';

export interface ConfiguredMember {
  readonly name: string;
  readonly url: string | null;
  readonly priority: number | null;
  readonly weight: number | null;
  readonly breaker: ApimBreaker | null;
}

export interface ConfiguredPool {
  readonly name: string;
  readonly members: readonly ConfiguredMember[];
}

/** The backend that requests are sent to. */
export type UsedPool =
  | { readonly kind: 'pool'; readonly pool: ConfiguredPool }
  /** One backend, or none of the configured ones. */
  | { readonly kind: 'single'; readonly backend: string }
  | { readonly kind: 'unknown'; readonly because: string };

/** Which pool requests are balanced over: the backend that is set last, where only one can be. What always sets one undoes what was set before. */
export function usedPool(places: readonly PolicyPlace[], configuration: ApimConfiguration): UsedPool {
  const sections = (['inbound', 'backend'] as const).map((name) => effectiveSection(name, places, configuration));
  const blind = sections.flatMap((section) => section.blind)[0];
  const set = sections
    .flatMap(({ elements }) => elements)
    .filter(({ element }) => element.name === 'set-backend-service');
  const lastSure = set.findLastIndex(({ condition }) => condition === null);
  const named = set.slice(Math.max(0, lastSure)).map(({ element, where }) => ({
    stated: statedIn(element.attributes['backend-id'], configuration),
    url: element.attributes['base-url'],
    where,
  }));
  const first = named[0];
  if (blind !== undefined) return { kind: 'unknown', because: `${blind.where} cannot be read: ${blind.because}` };
  if (first === undefined) return { kind: 'single', backend: "the API's own service URL" };
  const vague = named.find(({ stated }) => stated?.kind === 'unknown');
  if (vague?.stated?.kind === 'unknown') {
    return { kind: 'unknown', because: `the backend that ${vague.where} sets: ${vague.stated.because}` };
  }
  const ids = new Set(named.map(({ stated, url }) => (stated?.kind === 'known' ? stated.text : shortened(url ?? '?'))));
  if (ids.size > 1) return { kind: 'unknown', because: `several backends are set: ${[...ids].join(', ')}` };
  const [id = ''] = ids;
  const backend = configuration.backends.find(({ name }) => isSameName(name, id));
  if (backend === undefined) {
    return first.stated === null
      ? { kind: 'single', backend: id }
      : { kind: 'unknown', because: `there is no backend ${id}` };
  }
  if (backend.members === null) return { kind: 'single', backend: id };
  return { kind: 'pool', pool: poolOf(backend, configuration.backends) };
}

function poolOf(
  { name, members }: Pick<ApimBackend, 'name' | 'members'>,
  backends: readonly ApimBackend[],
): ConfiguredPool {
  const member = (of: { backend: string; priority: number | null; weight: number | null }): ConfiguredMember => {
    const backend = backends.find((one) => isSameName(one.name, of.backend));
    const { priority, weight } = of;
    return { name: of.backend, priority, weight, url: backend?.url ?? null, breaker: backend?.breaker ?? null };
  };
  return { name, members: (members ?? []).map(member) };
}

/** The retries that a request's way makes; null: none, `unknown`: that cannot be told. */
export function retriesOn(places: readonly PolicyPlace[], configuration: ApimConfiguration): number | 'unknown' {
  const { elements, blind } = effectiveSection('backend', places, configuration);
  const retries = elements.filter(({ element }) => element.name === 'retry');
  if (blind.length > 0 || retries.length > 1) return 'unknown';
  const [retry] = retries;
  if (retry === undefined) return 0;
  const count = statedIn(retry.element.attributes.count, configuration);
  const isSure = retry.condition === null && count?.kind === 'known' && /^\d+$/.test(count.text);
  return isSure ? Number(count.text) : 'unknown';
}

/** Names of a service's backends are unique ignoring case. */
export function isSameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
