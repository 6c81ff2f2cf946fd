import type { PolicyPlace } from './apim-configuration';

/** A resource, its properties laid beside its name. */
export type Resource = Readonly<Record<string, unknown>>;

/**
 * Where a declared configuration stands: an API Management service, or a folder. Null: that is not there. What could
 * not be read is thrown, and `explain` says why in words for people: what was refused to whom, and what to do.
 */
export interface ApimSource {
  readService(): Promise<Resource>;
  readApi(api: string): Promise<Resource | null>;
  listOperations(api: string): Promise<readonly Resource[]>;
  /** Policy and fragment as text, expressions as they were written. An operation is one of `api`. */
  readPolicy(place: PolicyPlace, api: string): Promise<string | null>;
  readFragment(id: string): Promise<string | null>;
  listNamedValues(): Promise<readonly Resource[]>;
  listBackends(): Promise<readonly Resource[]>;
  readSubscription(id: string): Promise<Resource | null>;
  listSubscriptions(): Promise<readonly Resource[]>;
  /** The products that hold the API. */
  listProducts(api: string): Promise<readonly Resource[]>;
  /** Diagnostics of the API, or (null) of the service. */
  listDiagnostics(api: string | null): Promise<readonly Resource[]>;
  explain(error: unknown): string;
}
