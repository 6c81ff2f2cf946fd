import type { ApimApi, ApimOperation, KeyScope, PolicyPlace } from './apim-configuration';

/** The APIs that customers call; each has an operation of its own in API Management, or a wildcard's. */
export type CalledApi = 'chat' | 'responses' | 'embeddings';

const pathEnds: Readonly<Record<CalledApi, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  embeddings: '/embeddings',
};

/** The operation that serves a call: the one whose template ends like its path, else a wildcard's; null: none does. */
export function operationFor(called: CalledApi, { operations }: Pick<ApimApi, 'operations'>): ApimOperation | null {
  const posted = operations.filter(({ method }) => /^(post|\*)$/i.test(method));
  const exact = posted.find(({ urlTemplate }) => pathOf(urlTemplate).endsWith(pathEnds[called]));
  return exact ?? posted.find(({ urlTemplate }) => pathOf(urlTemplate).endsWith('/*')) ?? null;
}

/**
 * The scopes whose policies a request comes by, the outermost first. A product's policy applies only to keys of that
 * product: never to those of one API, of all APIs, or to the built-in all-access key ("Subscriptions in Azure API
 * Management"). Null where the key's scope is not known.
 */
export function placesFor(key: KeyScope, api: ApimApi, called: CalledApi): readonly PolicyPlace[] | null {
  const operation = operationFor(called, api);
  const inner: readonly PolicyPlace[] = [
    { scope: 'api', id: api.id },
    ...(operation === null ? [] : [{ scope: 'operation' as const, id: operation.id }]),
  ];
  switch (key.kind) {
    case 'product':
      return [{ scope: 'global' }, { scope: 'product', id: key.id }, ...inner];
    case 'api':
    case 'all-apis':
      return [{ scope: 'global' }, ...inner];
    case 'other':
      return null;
    default:
      return key satisfies never;
  }
}

/** Whether such a key opens the API at all, as far as its scope says. */
export function opens(key: KeyScope, api: Pick<ApimApi, 'id'>): boolean {
  return key.kind !== 'api' || key.id.toLowerCase() === api.id.toLowerCase();
}

/** A template's path as clients write it, without what stands behind it; what takes all that follows is a `*`. */
export function pathOf(urlTemplate: string): string {
  const path = urlTemplate
    .replace(/\?.*$/, '')
    .replace(/\/+$/, '')
    .replace(/\{\*[^/{}]*\}$/, '*')
    .toLowerCase();
  return path.startsWith('/') ? path : `/${path}`;
}
