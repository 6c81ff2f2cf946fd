import type { Surface } from '../probe/exchange';

/**
 * What a gateway and a customer were promised: the configuration's own names and forms (durations ISO 8601), with the
 * defaults filled in. This is what checks judge against and what a report keeps, so that it can be judged again.
 */
export const checkNames = [
  'limit-status',
  'access',
  'load-balance',
  'usage',
  'config-drift',
  'token-limit',
  'isolation',
  'client-experience',
  'token-quota',
] as const;
export type CheckName = (typeof checkNames)[number];

export type LimiterKind = 'sliding-window' | 'token-bucket' | 'fixed-window';

export interface HeaderNames {
  readonly consumedTokens: string | null;
  readonly remainingTokens: string | null;
  readonly remainingQuotaTokens: string | null;
  readonly retryAfter: string | null;
  readonly backend: string | null;
}

export interface PoolMember {
  readonly id: string;
  readonly answersAs: string;
  readonly priority: number;
  readonly weight: number;
}

export interface Pool {
  readonly members: readonly PoolMember[];
  readonly failures: number;
  readonly interval: string;
  readonly tripDuration: string;
  readonly acceptRetryAfter: boolean;
  readonly instances: number;
  readonly retries: number;
  readonly exclusive: boolean;
}

export type Meter =
  | { readonly kind: 'none' }
  | { readonly kind: 'http'; readonly url: string; readonly settleAfter: string }
  | {
      readonly kind: 'log-analytics';
      readonly workspaceId: string;
      readonly source: 'customMetrics' | 'AppMetrics' | 'llmLog';
      readonly dimension: string;
      readonly settleAfter: string;
    };

export interface GatewayDeclaration {
  readonly id: string;
  readonly endpoint: string;
  readonly deployment: string;
  readonly api: 'deployments' | 'v1';
  readonly apiVersion?: string;
  readonly surfaces: readonly Surface[];
  readonly surfaceDeployments: Readonly<Partial<Record<Surface, string>>>;
  readonly auth: { readonly keyHeader: string; readonly scheme?: string } | { readonly entraScope: string };
  readonly headers: HeaderNames;
  readonly limiter: LimiterKind | 'unknown';
  readonly counters: number;
  readonly completionTokensParameter: 'auto' | 'max_tokens' | 'max_completion_tokens';
  readonly maxPromptTokens: number;
  readonly apim?: { readonly resourceId: string; readonly api: string; readonly product?: string };
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly pool?: Pool;
  readonly allowedBackends?: readonly string[];
  readonly meter: Meter;
}

export interface TokenQuota {
  readonly tokens: number;
  readonly period: 'Hourly' | 'Daily' | 'Weekly' | 'Monthly' | 'Yearly';
}

/** Settings of all checks, defaults filled in; each check reads only its own. */
export interface CheckSettings {
  readonly tolerancePercent: number;
  readonly maxTokensFactor: number;
  /** How many probes cross the limit at once; absent in declarations stored before there was the setting: one. */
  readonly burstProbes?: number;
  readonly exhaustQuota: boolean;
  readonly tolerancePoints: number;
  readonly errorRate: number;
  readonly maxProbes: number;
  readonly provokeFailover: boolean;
  readonly calls: number;
  readonly streamedShare: number;
  readonly with: readonly string[];
}

export interface CustomerDeclaration {
  readonly id: string;
  readonly gateway: string;
  /** The name of the setting that holds the key, never the key. */
  readonly key?: { readonly setting: string };
  readonly tokensPerMinute: number;
  readonly subscriptionId: string;
  /** What the gateway counts this customer's tokens on. */
  readonly counter: string;
  /** Nobody else uses this key. */
  readonly dedicated: boolean;
  readonly tokenQuota?: TokenQuota;
  readonly checks: readonly CheckName[];
  readonly alsoDeployments: readonly string[];
  /** NCRONTAB (UTC) by check, service-wide defaults filled in. */
  readonly schedule: Readonly<Record<CheckName, string>>;
  readonly maxTokensPerDay: number;
  readonly quietHours: readonly string[];
}

/** What `isolation` has to know of a customer that must not notice the audited one. */
export type NeighbourDeclaration = Pick<
  CustomerDeclaration,
  'id' | 'gateway' | 'counter' | 'tokensPerMinute' | 'dedicated'
>;

/** The part of the configuration that one audit is judged against. */
export interface Declaration {
  readonly customer: CustomerDeclaration;
  readonly gateway: GatewayDeclaration;
  readonly settings: CheckSettings;
  /** The customers in `settings.with`; absent for every other check. */
  readonly neighbours?: readonly NeighbourDeclaration[];
}
