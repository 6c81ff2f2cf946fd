import { AuditorError } from '../auditor-error';
import type {
  ApimApi,
  ApimConfiguration,
  ApimOperation,
  ApimPart,
  ApimSubscription,
  PlacedPolicy,
  PolicyPlace,
  PolicyState,
  UnreadPart,
} from './apim-configuration';
import type { ApimSource } from './apim-source';
import {
  toApi,
  toBackend,
  toDiagnostic,
  toNamedValue,
  toOperation,
  toService,
  toSubscription,
  withoutRevision,
} from './arm-shapes';
import { fragmentsIn, namedValuesIn } from './effective-policy';
import { hashesOf } from './hashes';
import { parsePolicy } from './policy-element';
import { outlineOf } from './policy-outline';
import { type CalledApi, operationFor } from './request-way';
import { noService, unreadConfiguration } from './unread-configuration';
import { backendsInUse } from './used-backends';

/** What is wanted to know. */
export interface WantedConfiguration {
  readonly api: string;
  /** Beside the products of the subscriptions; null: every product that holds the API. */
  readonly product: string | null;
  /** One customer's, or (null) all that open the API. */
  readonly subscription: string | null;
  readonly called: readonly CalledApi[];
  /** How the deployment is named in calls, where that is known: an API may have operations for both. */
  readonly style: 'deployments' | 'v1' | null;
}

interface ReadText {
  readonly text: string | null;
  readonly state: PolicyState;
}

/** Reads all that an API's limits, backends and metrics are decided by. Never throws: what could not be read is told. */
export async function gatherConfiguration(wanted: WantedConfiguration, source: ApimSource): Promise<ApimConfiguration> {
  const unread: UnreadPart[] = [];
  const texts = new Map<string, string>();
  const service = await attempt('service', async () => toService(await source.readService()));
  const api = await attempt('api', () => readApi(wanted, source));
  if (service === null && api === null) return unreadConfiguration(unread);

  const products = (await attempt('products', () => source.listProducts(wanted.api))) ?? [];
  const subscriptions = (await attempt('subscriptions', () => readSubscriptions(wanted.subscription, source))) ?? [];
  const productIds = products.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const policies: PlacedPolicy[] = [];
  for (const place of placesToRead(wanted, { api, subscriptions, productIds })) {
    const read = await readText('policies', () => source.readPolicy(place, wanted.api));
    if (read.text !== null) texts.set(titleOf(place), read.text);
    policies.push({ place, ...read.state });
  }
  const fragments = await readFragments(policies.flatMap(rootsOf).flatMap(fragmentsIn));
  const roots = [...policies, ...fragments].flatMap(rootsOf);
  const namedValues = await readNamedValues(new Set(roots.flatMap(namedValuesIn)));
  const allBackends = (await attempt('backends', async () => (await source.listBackends()).map(toBackend))) ?? [];
  const backends = backendsInUse(roots, allBackends, { namedValues });
  const diagnostics = (await attempt('diagnostics', () => readDiagnostics(wanted.api, source))) ?? [];
  const held = new Set(productIds.map((id) => id.toLowerCase()));
  const known = [...new Set([...productIds, ...policies.flatMap(({ place }) => productOf(place))])];
  const configuration = {
    service: service ?? noService,
    api,
    policies,
    fragments,
    namedValues,
    backends,
    subscriptions,
    products: known.map((id) => ({ id, hasApi: held.has(id.toLowerCase()) })),
    diagnostics,
    unread,
  };
  return { ...configuration, hashes: hashesOf(configuration, texts) };

  async function attempt<T>(part: ApimPart, read: () => Promise<T>): Promise<T | null> {
    try {
      return await read();
    } catch (error) {
      note(part, source.explain(error));
      return null;
    }
  }

  function note(part: ApimPart, because: string): void {
    if (!unread.some((one) => one.part === part && one.because === because)) unread.push({ part, because });
  }

  async function readText(part: 'policies' | 'fragments', read: () => Promise<string | null>): Promise<ReadText> {
    try {
      const text = await read();
      if (text === null) return { text, state: { state: 'none' } };
      const state = toState(text);
      if (state.state === 'unreadable') note(part, state.because);
      return { text, state };
    } catch (error) {
      const because = source.explain(error);
      note(part, because);
      return { text: null, state: { state: 'unreadable', because } };
    }
  }

  async function readFragments(ids: readonly string[]): Promise<(PolicyState & { readonly id: string })[]> {
    const read: (PolicyState & { readonly id: string })[] = [];
    const open = [...ids];
    for (let id = open.shift(); id !== undefined; id = open.shift()) {
      const wantedId = id;
      if (read.some((one) => one.id.toLowerCase() === wantedId.toLowerCase())) continue;
      const { text, state } = await readText('fragments', () => source.readFragment(wantedId));
      if (text !== null) texts.set(`fragment ${wantedId}`, text);
      read.push({ id: wantedId, ...state });
      if (state.state === 'read') open.push(...fragmentsIn(state.root));
    }
    return read;
  }

  async function readNamedValues(names: ReadonlySet<string>): Promise<Readonly<Record<string, string | null>>> {
    if (names.size === 0) return {};
    const listed = (await attempt('named values', () => source.listNamedValues())) ?? [];
    const isNamed = (name: string) => [...names].some((one) => one.toLowerCase() === name.toLowerCase());
    const used = listed.map(toNamedValue).filter(({ name }) => isNamed(name));
    return Object.fromEntries(used.map(({ name, value }) => [name, value]));
  }
}

/** Only of the operations that serve what is called: an API may have hundreds. */
async function readApi({ api: id, called, style }: WantedConfiguration, source: ApimSource): Promise<ApimApi> {
  const resource = await source.readApi(id);
  if (resource === null) throw new AuditorError('not-found', `there is no API ${id}`);
  const all = { operations: likeliestFirst((await source.listOperations(id)).map(toOperation), style) };
  const operations = new Set(called.flatMap((one) => operationFor(one, all) ?? []));
  return { id: withoutRevision(id), ...toApi(resource), operations: [...operations] };
}

/** Those of the style that is called; and the shortest, since older forms such as /extensions/chat/completions are longer. */
function likeliestFirst(
  operations: readonly ApimOperation[],
  style: WantedConfiguration['style'],
): readonly ApimOperation[] {
  const isOther = ({ urlTemplate }: ApimOperation) =>
    Number(style !== null && /\/deployments\//i.test(urlTemplate) !== (style === 'deployments'));
  return operations.toSorted((a, b) => isOther(a) - isOther(b) || a.urlTemplate.length - b.urlTemplate.length);
}

/** One customer is known by its subscription's id, or else by its display name where no other has that. */
async function readSubscriptions(id: string | null, source: ApimSource): Promise<readonly ApimSubscription[]> {
  if (id === null) return (await source.listSubscriptions()).map(toSubscription);
  const found = await source.readSubscription(id);
  if (found !== null) return [toSubscription(found)];
  const named = (await source.listSubscriptions()).map(toSubscription);
  const namesakes = named.filter(({ name }) => name?.toLowerCase() === id.toLowerCase());
  return namesakes.length === 1 ? namesakes : [];
}

/** A service's own diagnostics hold for an API that has none. */
async function readDiagnostics(api: string, source: ApimSource): Promise<ApimConfiguration['diagnostics']> {
  const [own, shared] = [await source.listDiagnostics(api), await source.listDiagnostics(null)];
  return [
    ...own.flatMap((one) => toDiagnostic(one, 'api') ?? []),
    ...shared.flatMap((one) => toDiagnostic(one, 'service') ?? []),
  ];
}

function placesToRead(
  { product, called, subscription }: WantedConfiguration,
  found: {
    readonly api: ApimApi | null;
    readonly subscriptions: readonly ApimSubscription[];
    readonly productIds: readonly string[];
  },
): readonly PolicyPlace[] {
  const ofKeys = subscription === null ? [] : found.subscriptions.flatMap(({ scope }) => productOfKey(scope));
  const products =
    product === null && subscription === null ? found.productIds : [...ofKeys, ...(product ? [product] : [])];
  const operations = called.flatMap((one) => (found.api && operationFor(one, found.api)?.id) ?? []);
  return [
    { scope: 'global' },
    ...unique(products).map((id) => ({ scope: 'product' as const, id })),
    ...(found.api ? [{ scope: 'api' as const, id: found.api.id }] : []),
    ...unique(operations).map((id) => ({ scope: 'operation' as const, id })),
  ];
}

function toState(text: string): PolicyState {
  const root = parsePolicy(text);
  if (root === null) return { state: 'unreadable', because: 'it is no XML, even after its expressions were escaped' };
  return { state: 'read', root: outlineOf(root) };
}

function titleOf(place: PolicyPlace): string {
  return place.scope === 'global' ? 'policy of all APIs' : `policy of ${place.scope} ${place.id}`;
}

function productOf(place: PolicyPlace): readonly string[] {
  return place.scope === 'product' ? [place.id] : [];
}

function productOfKey(scope: ApimSubscription['scope']): readonly string[] {
  return scope.kind === 'product' ? [scope.id] : [];
}

function rootsOf(state: PolicyState) {
  return state.state === 'read' ? [state.root] : [];
}

/** Without regard to case, as Azure takes ids. */
function unique(ids: readonly string[]): readonly string[] {
  return ids.filter((id, at) => ids.findIndex((other) => other.toLowerCase() === id.toLowerCase()) === at);
}
