import type { ApimBackend, ApimConfiguration } from './apim-configuration';
import { isSameName } from './backend-pool';
import type { PolicyElement } from './policy-element';
import { statedIn } from './stated';

/** The backends that policies name, with the members of those that are pools; all of them where one name can't be told. */
export function backendsInUse(
  roots: readonly PolicyElement[],
  backends: readonly ApimBackend[],
  configuration: Pick<ApimConfiguration, 'namedValues'>,
): readonly ApimBackend[] {
  const named = roots.flatMap(backendIdsIn).map((id) => statedIn(id, configuration));
  if (named.some((id) => id?.kind === 'unknown')) return backends;
  const ids = named.flatMap((id) => (id?.kind === 'known' ? [id.text] : []));
  const used = backends.filter(({ name }) => ids.some((id) => isSameName(id, name)));
  const members = used.flatMap((backend) => backend.members ?? []);
  return backends.filter(
    (backend) => used.includes(backend) || members.some((member) => isSameName(member.backend, backend.name)),
  );
}

function backendIdsIn({ name, attributes, children }: PolicyElement): readonly string[] {
  const id = name === 'set-backend-service' ? attributes['backend-id'] : undefined;
  return [...(id === undefined ? [] : [id]), ...children.flatMap(backendIdsIn)];
}
