import type { PolicyElement } from './policy-element';

/** A scope at which a policy may stand, and whose. */
export type PolicyPlace =
  | { readonly scope: 'global' }
  | { readonly scope: 'product' | 'api' | 'operation'; readonly id: string };

export type PolicyState =
  | { readonly state: 'read'; readonly root: PolicyElement }
  | { readonly state: 'none' }
  | { readonly state: 'unreadable'; readonly because: string };

export type PlacedPolicy = PolicyState & { readonly place: PolicyPlace };

/** As far as they are known: what could not be read is null. */
export interface ApimService {
  readonly sku: string | null;
  readonly gatewayUrl: string | null;
  /** Where a gateway of the service answers. */
  readonly regions: readonly string[];
}

export interface ApimApi {
  readonly id: string;
  readonly path: string;
  readonly subscriptionRequired: boolean;
  readonly keyHeader: string | null;
  /** Those that serve what is asked about. */
  readonly operations: readonly ApimOperation[];
}

export interface ApimOperation {
  readonly id: string;
  readonly method: string;
  readonly urlTemplate: string;
}

export interface ApimPoolMember {
  /** The backend's name. */
  readonly backend: string;
  readonly priority: number | null;
  readonly weight: number | null;
}

/** A circuit breaker; null: that is not set. Durations ISO 8601. */
export interface ApimBreaker {
  readonly failures: number | null;
  readonly percentage: number | null;
  readonly interval: string | null;
  readonly tripDuration: string | null;
  readonly acceptRetryAfter: boolean;
}

export interface ApimBackend {
  readonly name: string;
  readonly url: string | null;
  /** Null: it is a single one. */
  readonly members: readonly ApimPoolMember[] | null;
  readonly breaker: ApimBreaker | null;
}

export interface ApimSubscription {
  readonly id: string;
  readonly name: string | null;
  readonly scope: KeyScope;
  readonly state: string;
}

export type KeyScope =
  | { readonly kind: 'product' | 'api'; readonly id: string }
  | { readonly kind: 'all-apis' }
  /** A scope of a form that is not known. */
  | { readonly kind: 'other'; readonly text: string };

export interface ApimProduct {
  readonly id: string;
  readonly hasApi: boolean;
}

export interface ApimDiagnostic {
  readonly of: 'service' | 'api';
  readonly to: 'applicationinsights' | 'azuremonitor';
  readonly metrics: boolean;
  readonly modelLogs: boolean;
}

export type ApimPart =
  | 'service'
  | 'api'
  | 'policies'
  | 'fragments'
  | 'named values'
  | 'backends'
  | 'subscriptions'
  | 'products'
  | 'diagnostics';

export interface UnreadPart {
  readonly part: ApimPart;
  /** For people: what was refused to whom, and what to do. */
  readonly because: string;
}

/** The declared configuration of one API as API Management, or a folder of its files, holds it; no key among it. */
export interface ApimConfiguration {
  readonly service: ApimService;
  readonly api: ApimApi | null;
  readonly policies: readonly PlacedPolicy[];
  readonly fragments: readonly (PolicyState & { readonly id: string })[];
  /** Those that policies name; null: secret. */
  readonly namedValues: Readonly<Record<string, string | null>>;
  readonly backends: readonly ApimBackend[];
  readonly subscriptions: readonly ApimSubscription[];
  readonly products: readonly ApimProduct[];
  readonly diagnostics: readonly ApimDiagnostic[];
  /** SHA-256 (hex) of what was read, by what it is: "policy of API aoai". */
  readonly hashes: Readonly<Record<string, string>>;
  readonly unread: readonly UnreadPart[];
}

export function nameOfPlace(place: PolicyPlace): string {
  switch (place.scope) {
    case 'global':
      return 'the policy of all APIs';
    case 'product':
      return `the policy of product ${place.id}`;
    case 'api':
      return `the policy of API ${place.id}`;
    case 'operation':
      return `the policy of operation ${place.id}`;
    default:
      return place satisfies never;
  }
}
