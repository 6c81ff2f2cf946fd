import { AuditorError } from '../auditor-error';
import type { ApimApi, ApimConfiguration, ApimSubscription, KeyScope } from './apim-configuration';
import { type CalledAddress, calledAddress } from './called-address';
import { idFrom, keySettingFor } from './import-names';
import { importPool } from './import-pool';
import { importPromise } from './import-promise';
import { holdsTokenLimit } from './policy-outline';
import { opens, placesFor } from './request-way';
import { countersOf, limiterOf } from './tier';
import { limitsOnTheWay } from './token-limits';

/** What an API's configuration does not say itself. */
export interface ImportRequest {
  readonly resourceId: string | null;
  /** Only keys of this product; null: all that open the API. */
  readonly product: string | null;
  readonly deployment: string | null;
  readonly apiVersion: string | null;
  /** What stands before the API's path; null: as the service says. */
  readonly gatewayUrl: string | null;
  /** For customers whose limit cannot be told. */
  readonly tokensPerMinute: number | null;
}

/** A configuration file's two lists, and what could not be decided, for people. */
export interface ImportedConfiguration {
  readonly gateways: readonly object[];
  readonly customers: readonly ImportedCustomer[];
  readonly notes: readonly string[];
}

export interface ImportedCustomer {
  readonly id: string;
  readonly gateway: string;
  readonly key: { readonly setting: string };
  readonly subscriptionId?: string;
  readonly counter?: string;
}

/** Azure's last generally available version of the deployments' API. */
const usualApiVersion = '2024-10-21';

/** What API Management looks at where an API names no header ("Subscriptions in Azure API Management"). */
const usualKeyHeader = 'Ocp-Apim-Subscription-Key';

/** Keys whose requests come by the same policies. */
interface KeyGroup {
  readonly gatewayId: string;
  readonly key: KeyScope;
  readonly subscriptions: readonly ApimSubscription[];
}

/**
 * The configuration that an API's own declares: a gateway for each product whose keys open it (and one for the keys of
 * no product), a customer for each active subscription. Throws `bad-usage` with all that is missing for it.
 */
export function importConfiguration(configuration: ApimConfiguration, request: ImportRequest): ImportedConfiguration {
  const { api } = configuration;
  const unread = configuration.unread.map(({ part, because }) => `${part}: could not be read: ${because}`);
  if (api === null) throw incomplete(unread);
  const { address, deployment } = addressedBy(configuration, api, request);
  const groups = keyGroups(configuration, api, request);
  const parts = groups.map((group) => importGroup(group, { configuration, api, request, address, deployment }));
  const apiVersionNote =
    address.api === 'deployments' && request.apiVersion === null
      ? [`the api-version is the caller's choice: ${usualApiVersion} is taken; --api-version gives another`]
      : [];
  return {
    gateways: parts.flatMap(({ gateways }) => gateways),
    customers: parts.flatMap(({ customers }) => customers),
    notes: [
      ...unread,
      ...(address.assumed === null ? [] : [address.assumed]),
      ...(api.keyHeader === null ? [`API ${api.id} names no header for keys: ${usualKeyHeader} is taken`] : []),
      ...apiVersionNote,
      ...leftOutNotes(configuration, api),
      ...(api.subscriptionRequired
        ? []
        : [`API ${api.id} asks for no subscription key: whoever has none is not limited by any product`]),
      ...parts.flatMap(({ notes }) => notes),
    ],
  };
}

interface Surroundings {
  readonly configuration: ApimConfiguration;
  readonly api: ApimApi;
  readonly request: ImportRequest;
  readonly address: CalledAddress;
  readonly deployment: string;
}

function importGroup(group: KeyGroup, surroundings: Surroundings): ImportedConfiguration {
  const { configuration, api, request, address, deployment } = surroundings;
  const { service } = configuration;
  const places = placesFor(group.key, api, 'chat') ?? [];
  const promise = importPromise(limitsOnTheWay(places, configuration), {
    tokensPerMinute: request.tokensPerMinute,
    group: group.gatewayId,
  });
  const pool = importPool(places, configuration);
  const limiter = limiterOf(service.sku);
  const counters = countersOf(service, address.endpoint);
  const product = group.key.kind === 'product' ? group.key.id : null;
  const gateway = {
    id: group.gatewayId,
    endpoint: address.endpoint,
    deployment,
    ...(address.api === 'v1' ? { api: 'v1' } : { apiVersion: request.apiVersion ?? usualApiVersion }),
    auth: { keyHeader: api.keyHeader ?? usualKeyHeader },
    ...(Object.keys(promise.headers).length > 0 && { headers: promise.headers }),
    ...(limiter !== null && { limiter }),
    ...(counters !== null && counters > 1 && { counters }),
    ...(request.resourceId !== null && {
      apim: { resourceId: request.resourceId, api: api.id, ...(product !== null && { product }) },
    }),
    ...(pool.value !== null && { pool: pool.value }),
  };
  const names = configuration.subscriptions.map((one) => idFrom(one.name ?? one.id));
  const value = promise.value;
  const customers =
    value === null ? [] : group.subscriptions.map((one) => toCustomer(one, group, { promise: value, names }));
  const limiterNote =
    limiter === null ? [`how it counts can't be told of the tier ${service.sku ?? '(unknown)'}; set limiter`] : [];
  const leftOut =
    promise.value === null
      ? [
          `left out, for want of a limit: ${group.subscriptions.map(({ id }) => id).join(', ')}; --tokens-per-minute gives one`,
        ]
      : [];
  // Of a gateway that is not written, only why matters.
  const ofGateway = customers.length > 0 ? [...limiterNote, ...pool.notes] : [];
  const notes = [...bypassNote(group, configuration), ...promise.notes, ...ofGateway, ...leftOut];
  return {
    gateways: customers.length > 0 ? [gateway] : [],
    customers,
    notes: notes.map((note) => `${group.gatewayId}: ${note}`),
  };
}

/** Named as the service shows it to people, where no other subscription has that name. */
function toCustomer(
  { id, name }: ApimSubscription,
  { gatewayId }: KeyGroup,
  { promise, names }: { readonly promise: object; readonly names: readonly string[] },
): ImportedCustomer {
  const shown = idFrom(name ?? id);
  const isOne = names.filter((other) => isSame(other, shown)).length === 1;
  const customerId = isOne ? shown : idFrom(id);
  return {
    id: customerId,
    gateway: gatewayId,
    key: { setting: keySettingFor(customerId) },
    ...(customerId !== id && { subscriptionId: id }),
    ...promise,
  };
}

/** The limits that a key of no product comes past. */
function bypassNote({ key, subscriptions }: KeyGroup, { policies }: ApimConfiguration): readonly string[] {
  const limiting = policies.flatMap((policy) =>
    policy.place.scope === 'product' && policy.state === 'read' && holdsTokenLimit(policy.root)
      ? [policy.place.id]
      : [],
  );
  if (key.kind === 'product' || limiting.length === 0) return [];
  const keys = subscriptions.map(({ id }) => id).join(', ');
  return [`the limits of product ${limiting.join(', ')} do not apply to keys that are of no product: ${keys}`];
}

/** One product at a time; keys of one API or of all of them come by no product's policy. */
function keyGroups(configuration: ApimConfiguration, api: ApimApi, request: ImportRequest): readonly KeyGroup[] {
  const open = configuration.subscriptions.filter((subscription) => isAudited(subscription, api));
  const { products } = configuration;
  const ofProducts = products
    .filter(({ id, hasApi }) => hasApi && (request.product === null || isSame(request.product, id)))
    .map(({ id }) => ({
      key: { kind: 'product' as const, id },
      subscriptions: open.filter(({ scope }) => scope.kind === 'product' && isSame(scope.id, id)),
    }));
  const others = open.filter(({ scope }) => scope.kind !== 'product' && request.product === null);
  const ofNone = { key: { kind: 'api' as const, id: api.id }, subscriptions: others };
  const groups = [...ofProducts, ofNone].filter(({ subscriptions }) => subscriptions.length > 0);
  return groups.map((group) => ({
    ...group,
    gatewayId: idFrom(groups.length > 1 && group.key.kind === 'product' ? `${api.id}-${group.key.id}` : api.id),
  }));
}

function isAudited({ id, scope, state }: ApimSubscription, api: ApimApi): boolean {
  return /^active$/i.test(state) && id !== 'master' && scope.kind !== 'other' && opens(scope, api);
}

function leftOutNotes({ subscriptions }: ApimConfiguration, api: ApimApi): readonly string[] {
  const opening = subscriptions.filter(({ scope }) => opens(scope, api));
  const master = opening.some(({ id }) => id === 'master');
  const asleep = opening.filter(({ state }) => !/^active$/i.test(state)).map(({ id, state }) => `${id} (${state})`);
  return [
    ...(master ? ["the built-in all-access key (master) comes by no product: no product's limit applies to it"] : []),
    ...(asleep.length > 0 ? [`left out, because they are not active: ${asleep.join(', ')}`] : []),
  ];
}

function addressedBy(
  { service, backends }: ApimConfiguration,
  api: ApimApi,
  { gatewayUrl, deployment }: ImportRequest,
): { readonly address: CalledAddress; readonly deployment: string } {
  const base = gatewayUrl ?? service.gatewayUrl;
  const address = base === null ? null : calledAddress(base, api);
  const named = deployment ?? deploymentIn(backends.map(({ url }) => url ?? ''));
  if (address !== null && named !== null) return { address, deployment: named };
  throw incomplete([
    ...(base === null ? ["gatewayUrl: the service's address is not known; give --gateway-url https://…"] : []),
    ...(base !== null && address === null
      ? [
          `API ${api.id}: chat completions are called neither by …/openai/deployments/{deployment}/chat/completions nor by …/chat/completions`,
        ]
      : []),
    ...(named === null ? ['deployment: no backend names one; give --deployment NAME'] : []),
  ]);
}

/** The one deployment that backends' addresses name. */
function deploymentIn(urls: readonly string[]): string | null {
  const names = new Set(urls.flatMap((url) => /\/deployments\/([^/?]+)/i.exec(url)?.[1] ?? []));
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : null;
}

function incomplete(problems: readonly string[]): AuditorError {
  return new AuditorError('bad-usage', 'Cannot make a configuration of this API.', { problems });
}

function isSame(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
