import type {
  ApimApi,
  ApimConfiguration,
  ApimPart,
  ApimSubscription,
  PlacedPolicy,
  PolicyPlace,
} from '../../apim/apim-configuration';
import { type UsedPool, usedPool } from '../../apim/backend-pool';
import { isSamePlace } from '../../apim/effective-policy';
import { type CalledApi, operationFor, placesFor } from '../../apim/request-way';
import { type LimitsOnTheWay, limitsOnTheWay, type TokenLimit } from '../../apim/token-limits';
import type { Evidence } from '../check';

/** All that rules look at: what was read, and what of it this customer's requests come by. */
export interface DriftView {
  readonly configuration: ApimConfiguration;
  readonly declared: Evidence['declared'];
  readonly api: ApimApi;
  /** Null: it is not known, and so are the ways. */
  readonly subscription: ApimSubscription | null;
  /** One for each API that the same limit is promised for, chat first. */
  readonly ways: readonly RequestWay[];
  /** Every token limit that is declared for the API or a product of this customer, on its way or not. */
  readonly limits: readonly PlacedLimit[];
}

export interface RequestWay extends LimitsOnTheWay {
  readonly called: CalledApi;
  readonly places: readonly PolicyPlace[];
}

export interface PlacedLimit {
  readonly place: PolicyPlace;
  readonly limit: TokenLimit;
}

/** Null where the API itself could not be read. */
export function viewDrift(read: ApimConfiguration, declared: Evidence['declared']): DriftView | null {
  const { api } = read;
  if (api === null) return null;
  const subscription = read.subscriptions[0] ?? null;
  const { surfaces } = declared.gateway;
  const lost = surfaces.filter((called) => operationFor(called, api) === null).map((called) => lostPolicy(api, called));
  const configuration = { ...read, policies: [...read.policies, ...lost] };
  const ways = surfaces.flatMap((called) => {
    const places = subscription === null ? null : placesFor(subscription.scope, api, called);
    if (places === null) return [];
    const whole = operationFor(called, api) === null ? [...places, lostPlace(called)] : places;
    return [{ called, places: whole, ...limitsOnTheWay(whole, configuration) }];
  });
  const limits = configuration.policies.flatMap(({ place }) =>
    limitsOnTheWay([place], configuration).limits.map((limit) => ({ place, limit })),
  );
  return { configuration, declared, api, subscription, ways, limits };
}

/** An operation that is there under a template of a form that is not known: its policy may say anything. */
function lostPolicy(api: ApimApi, called: CalledApi): PlacedPolicy {
  const because = `no operation of API ${api.id} is seen to serve it`;
  return { place: lostPlace(called), state: 'unreadable', because };
}

function lostPlace(called: CalledApi): PolicyPlace {
  return { scope: 'operation', id: `(serving ${called})` };
}

/** Why a part could not be read; null: it was. */
export function unreadBecause({ unread }: Pick<ApimConfiguration, 'unread'>, ...parts: ApimPart[]): string | null {
  const found = unread.find(({ part }) => parts.includes(part));
  return found === undefined ? null : `${found.part}: ${found.because}`;
}

/** Why nobody knows by which policies this customer's requests come. */
export function whyNoWay({ configuration, subscription, declared }: DriftView): string {
  if (subscription !== null) return `the key's scope is of an unknown form`;
  const unread = unreadBecause(configuration, 'subscriptions');
  return unread ?? `the service has no subscription ${declared.customer.subscriptionId}; subscriptionId must name it`;
}

/** The pool that requests are balanced over. */
export function usedPoolOf({ configuration }: DriftView, way: RequestWay): UsedPool {
  const unread = unreadBecause(configuration, 'backends');
  return unread === null ? usedPool(way.places, configuration) : { kind: 'unknown', because: unread };
}

export function isOnTheWay(place: PolicyPlace, { places }: RequestWay): boolean {
  return places.some((one) => isSamePlace(one, place));
}
